import { activate } from '@kshot/testkit'
import { avgPool, maxPool, ones, tensor, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { wasm } from '../index'

describe.each(['exact', 'fast'] as const)(
  'pools of pictures smaller than their window, %s',
  (choice) => {
    beforeAll(() => activate(wasm({ kernels: choice })))

    it.each([
      [1, 1, 2],
      [1, 8, 2],
      [8, 1, 2],
      [3, 3, 4],
      [0, 4, 2],
    ])('%i × %i in windows of %i are empty, and nothing else is written', (h, w, window) => {
      const beside = tensor(new Float32Array(4096).fill(7))
      for (const pool of [maxPool, avgPool]) {
        for (let k = 0; k < 50; k++) {
          tidy(() => {
            const y = pool(ones([4, h, w, 16]) as never, window, window, 'valid')
            expect((y as { size: number }).size).toBe(0)
          })
        }
      }
      expect(new Set(beside.dataSync())).toEqual(new Set([7]))
      const y = maxPool(tensor([1, 5, 2, 3], [1, 2, 2, 1]) as never, 2, 2, 'valid')
      expect([...(y as { dataSync(): Float32Array }).dataSync()]).toEqual([5])
    })
  },
)
