import { engine } from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { wasm } from './index'

it('offers TensorFlow.js no backend before it is activated', () => {
  wasm()
  expect(Object.keys(engine().registryFactory)).toEqual([])
})
