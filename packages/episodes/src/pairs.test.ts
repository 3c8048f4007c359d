import '@tensorflow/tfjs-backend-cpu'
import { disposeTask } from '@kshot/core'
import { leaked } from '@kshot/testkit'
import { setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Dataset } from './dataset'
import { pairs } from './pairs'
import { expectError, randomImages } from './testing'

/** One pixel that tells class and example: 10 · class + example. */
const data: Dataset = {
  spec: { package: 'test', export: 'numbered', options: {} },
  shape: [1, 1, 1],
  classes: Array.from({ length: 5 }, (_, i) => ({ id: `${i}`, size: 4 })),
  read(c, e, target, offset) {
    target[offset] = 10 * c + e
  },
}
beforeAll(() => setBackend('cpu'))

async function values(index: number, size = 12, seed = 1) {
  const batch = await pairs(data, { size, seed })(index)
  const [left, right, same] = [batch.left, batch.right, batch.same].map((t) => [...t.dataSync()])
  disposeTask(batch)
  return { left: left!, right: right!, same: same! }
}

describe('pairs', () => {
  it('are half of one class, two examples of it, and half of two classes', async () => {
    for (let index = 0; index < 50; index++) {
      const { left, right, same } = await values(index)
      expect(same.reduce((sum, v) => sum + v, 0)).toBe(6)
      for (const [i, l] of left.entries()) {
        const r = right[i]!
        expect(Math.floor(l / 10) === Math.floor(r / 10)).toBe(same[i] === 1)
        expect(l).not.toBe(r)
      }
    }
  })

  it('are a function of seed and index, in random order', async () => {
    expect(await values(7)).toEqual(await values(7))
    expect(await values(7, 12, 2)).not.toEqual(await values(7))
    const orders = await Promise.all([0, 1, 2, 3].map(async (i) => (await values(i)).same.join('')))
    expect(new Set(orders).size).toBe(4)
  })

  it('within groups, show two classes of one group, each as often', async () => {
    const names = ['Greek', 'Greek', 'Korean', 'Korean', 'Tengwar']
    const grouped = {
      ...data,
      classes: data.classes.map((entry, i) => ({ ...entry, group: names[i]! })),
    }
    const source = pairs(grouped, { size: 400, seed: 1, within: 'group' })
    expect(source.spec.options).toMatchObject({ within: 'group' })
    const batch = await source(0)
    const [left, right, same] = [batch.left, batch.right, batch.same].map((t) => [...t.dataSync()])
    disposeTask(batch)
    const seen = [0, 0, 0, 0, 0]
    for (const [i, l] of left!.entries()) {
      const [a, b] = [Math.floor(l / 10), Math.floor(right![i]! / 10)]
      expect(names[a]).toBe(names[b])
      expect(a === b).toBe(same![i] === 1)
      seen[a]!++
    }
    expect(seen[4]).toBe(0)
    for (const n of seen.slice(0, 4)) expect(Math.abs(n - 100)).toBeLessThan(50)
    const draw = () => pairs(data, { size: 4, seed: 1, within: 'group' })
    await expectError(draw, 'episodes/too-few-classes', 'without a group')
  })

  it('leave no tensor behind', async () => {
    const source = pairs(data, { size: 6, seed: 1, distort: { rotation: 10 } })
    const draw = async () => {
      const batch = await source(0)
      expect([batch.left.shape, batch.same.dtype]).toEqual([[6, 1, 1, 1], 'int32'])
      disposeTask(batch)
    }
    expect(await leaked(draw)).toBe(0)
  })

  it('refuse one class, classes of one example, and sizes that make no sense', async () => {
    const draw =
      (from: Dataset, size = 4) =>
      () =>
        pairs(from, { size, seed: 1 })
    const single = randomImages({ classes: 1, size: 3 })
    await expectError(draw(single), 'episodes/too-few-classes')
    await expectError(draw(randomImages({ classes: 3, size: 1 })), 'episodes/class-too-small')
    await expectError(draw(data, 0), 'episodes/bad-option', 'size')
  })
})
