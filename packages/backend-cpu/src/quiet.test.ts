import { add, tensor } from '@tensorflow/tfjs-core'
import { expect, it, vi } from 'vitest'
import { cpu } from './index'

it('computes without a word: TensorFlow.js would advise another backend', async () => {
  const said = vi.spyOn(console, 'warn')
  await cpu().activate()
  const y = add(tensor([1]), tensor([2]))
  expect([...(await y.data())]).toEqual([3])
  expect(said).not.toHaveBeenCalled()
})
