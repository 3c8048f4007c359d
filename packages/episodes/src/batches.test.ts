import '@tensorflow/tfjs-backend-cpu'
import { disposeTask } from '@kshot/core'
import { exampleOf as example, leaked } from '@kshot/testkit'
import { setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { batches } from './batches'
import { expectError, randomImages } from './testing'

const data = randomImages({ classes: 4, size: 5 })
beforeAll(() => setBackend('cpu'))

/** Labels and pixels of a batch, and nothing left of it. */
async function rows(index: number, seed = 1): Promise<string[]> {
  const batch = await batches(data, { size: 8, seed })(index)
  const [x, y] = [batch.x.dataSync(), batch.y.dataSync()]
  disposeTask(batch)
  return [...y].map((label, i) => `${label}: ${x.slice(i * 25, i * 25 + 25)}`)
}

describe('batches', () => {
  it('show every example once an epoch, with its class for a label', async () => {
    const all = data.classes.flatMap((_, c) =>
      Array.from({ length: 5 }, (_, i) => `${c}: ${Float32Array.from(example(data, c, i))}`),
    )
    const first = [...(await rows(0)), ...(await rows(1)), ...(await rows(2))]
    const second = [...(await rows(3)), ...(await rows(4)), ...(await rows(5))]
    expect(first.toSorted()).toEqual(all.toSorted())
    expect(second.toSorted()).toEqual(all.toSorted())
    expect(second).not.toEqual(first)
  })

  it('are the same in whatever order they are asked for', async () => {
    const [late, early] = [await rows(4), await rows(0)]
    expect(await rows(0)).toEqual(early)
    expect(await rows(4)).toEqual(late)
    expect(await rows(4, 2)).not.toEqual(late)
  })

  it('say how many classes there are, and leave no tensor behind', async () => {
    const source = batches(data, { size: 8, seed: 1 })
    expect(source.taskSpec).toEqual({ inputShape: [5, 5, 1], ways: 4 })
    const draw = async () => {
      const batch = await source(0)
      expect([batch.ways, batch.x.shape, batch.y.dtype]).toEqual([4, [8, 5, 5, 1], 'int32'])
      disposeTask(batch)
    }
    expect(await leaked(draw)).toBe(0)
  })

  it('distort each picture by a draw of its own, the same whenever it is asked for', async () => {
    const pixels = async (index: number, distort?: { rotation: number }) => {
      const source = batches(data, { size: 8, seed: 1, ...(distort && { distort }) })
      const batch = await source(index)
      const values = [...batch.x.dataSync()]
      disposeTask(batch)
      return values
    }
    const turned = await pixels(1, { rotation: 30 })
    expect(turned).not.toEqual(await pixels(1))
    expect(await pixels(1, { rotation: 30 })).toEqual(turned)
  })

  it('refuse a size that makes no sense', async () => {
    for (const size of [0, 1.5, Number.NaN]) {
      await expectError(() => batches(data, { size, seed: 1 }), 'episodes/bad-option', 'size')
    }
  })
})
