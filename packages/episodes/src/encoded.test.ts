import { customEncoder, type Encoder, fromSpec, frozen, type Registry } from '@kshot/core'
import { activate, datasetSuite, exampleOf as example, leaked } from '@kshot/testkit'
import { mean, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Dataset } from './dataset'
import { encodedDataset } from './encoded'
import { fromArrays } from './memory'

beforeAll(() => activate('cpu'))

/** 70 pictures of 2 × 2 pixels; those of a class are alike. */
const pictures = fromArrays({
  name: 'pictures',
  shape: [2, 2, 1],
  x: Float32Array.from({ length: 280 }, (_, i) => ((i >> 2) % 7) / 10 + (i % 4) / 100),
  labels: Array.from({ length: 70 }, (_, i) => i % 7),
})

/** The means of the rows of a picture. */
const encoder: Encoder<Tensor> = customEncoder({
  name: 'means',
  dimensions: 2,
  encode: async (list: readonly Tensor[]) => {
    const rows = await Promise.all(list.map((x) => tidy(() => mean(x, [1, 2])).data()))
    return rows as Float32Array[]
  },
})

datasetSuite('an encoded data set', () => encodedDataset({ dataset: pictures, encoder }))

describe('encodedDataset', () => {
  it('encodes every example once, in order', async () => {
    const told: number[] = []
    const onProgress = (n: number, total: number) => told.push(n, total)
    const data = await encodedDataset({ dataset: pictures, encoder, onProgress })
    expect(told).toEqual([32, 70, 64, 70, 70, 70])
    expect(data.classes).toEqual(pictures.classes)
    for (const [c, i] of [
      [0, 0],
      [3, 9],
      [6, 4],
    ] as const) {
      const [a, b, x, y] = example(pictures, c, i) as [number, number, number, number]
      const [first, second] = example(data, c, i)
      expect(first).toBeCloseTo((a + b) / 2, 6)
      expect(second).toBeCloseTo((x + y) / 2, 6)
    }
    expect(() => example(data, 0, 10)).toThrow(RangeError)
    expect(() => example(data, 7, 0)).toThrow(RangeError)
  })

  it('takes something else than the examples, where it is given', async () => {
    const { classes } = pictures
    const names = customEncoder({
      name: 'names',
      dimensions: 2,
      encode: (list: readonly string[]) => list.map((name) => name.split('/').map(Number)),
    })
    const input = (c: number, example: number) => `${classes[c]!.id}/${example}`
    const data = await encodedDataset({ dataset: pictures, encoder: names, input })
    expect([...example(data, 3, 9)]).toEqual([3, 9])
  })

  it('is built again from its spec', async () => {
    const registry: Registry = {
      dataset: { '@kshot/episodes': { encodedDataset, fromArrays: () => pictures } },
      encoder: { '@kshot/core': { customEncoder: () => encoder } },
    }
    const { spec } = await encodedDataset({ dataset: pictures, encoder })
    const again = await fromSpec<Dataset>(JSON.parse(JSON.stringify(spec)), 'dataset', registry)
    expect(again.spec).toEqual(spec)
  })

  it('is what frozen(encoder) takes', async () => {
    const data = await encodedDataset({ dataset: pictures, encoder })
    const { y } = frozen(encoder).apply({ params: {}, state: {} }, zeros([3, ...data.shape]), {
      norm: 'running',
    })
    expect(y.shape).toEqual([3, 2])
  })

  it('refuses an encoder that gives another shape, and leaves no tensor', async () => {
    const wrong: Encoder<Tensor> = {
      ...encoder,
      encode: async (list) => zeros([list.length, 3]),
    }
    const left = await leaked(async () => {
      await expect(encodedDataset({ dataset: pictures, encoder: wrong })).rejects.toMatchObject({
        code: 'episodes/bad-encoder',
      })
    })
    expect(left).toBe(0)
  })
})
