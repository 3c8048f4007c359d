import { tensor1d, zeros } from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { codeOf } from '@kshot/testkit'
import { expect, it } from 'vitest'
import { classesOf } from './support'

const batch = (n: number, ways?: number) => ({
  x: zeros([n, 4]),
  y: tensor1d(Array(n).fill(0), 'int32'),
  ...(ways !== undefined && { ways }),
})

it('gives the number of classes of a support set, or says what is missing', () => {
  expect(classesOf(batch(3, 2))).toBe(2)
  expect(codeOf(() => classesOf(batch(3)))).toBe('core/no-classes')
  expect(codeOf(() => classesOf(batch(3, 1)))).toBe('core/one-class')
  expect(codeOf(() => classesOf(batch(0, 2)))).toBe('core/empty-support')
})
