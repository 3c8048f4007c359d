import { backendSuite, useSwiftShader } from '@kshot/testkit'
import { engine } from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { webgpu } from './index'

useSwiftShader()

it('offers TensorFlow.js no backend before it is activated', () => {
  webgpu()
  expect(Object.keys(engine().registryFactory)).toEqual([])
  expect(globalThis).not.toHaveProperty('GPUBuffer')
})
backendSuite(webgpu())
