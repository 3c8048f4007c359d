import '@tensorflow/tfjs-backend-cpu'
import { rng } from '@kshot/core'
import { memory, setBackend, tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Augmentation, augmented, drawAugmentation } from './augment'
import { episodes } from './episodes'
import { fromArrays } from './memory'
import { expectError } from './testing'

beforeAll(() => setBackend('cpu'))

const still: Augmentation = {
  rows: [0, 1],
  columns: [0, 1],
  flip: false,
  brightness: 0,
  contrast: 1,
  saturation: 1,
}
const pictures = () =>
  tensor(
    Float32Array.from({ length: 2 * 4 * 6 * 3 }, (_, i) => (i % 17) / 17),
    [2, 4, 6, 3],
  )
const all = { flip: true, crop: 0.3, brightness: 0.1, contrast: 0.2, saturation: 0.5 }

describe('augmentation', () => {
  it('leaves a picture as it was where nothing is drawn', async () => {
    const x = pictures()
    const before = [...(await x.data())]
    const after = await augmented(x, [still, still]).data()
    for (const [i, v] of after.entries()) expect(v).toBeCloseTo(before[i]!, 6)
  })

  it('mirrors, cuts and colours each picture by itself', async () => {
    const x = pictures()
    const at = async (one: Augmentation) =>
      (await augmented(x, [still, one]).array()) as number[][][][]
    const [first, second] = (await x.array()) as [number[][][], number[][][]]
    const mirrored = await at({ ...still, flip: true })
    expect(mirrored[1]![2]![0]![1]).toBeCloseTo(second[2]![5]![1]!, 6)
    expect(mirrored[0]![2]![0]![1]).toBeCloseTo(first[2]![0]![1]!, 6)
    // The lower half: its first row lies a quarter of a place above row 2.
    const lower = await at({ ...still, rows: [0.5, 0.5] })
    const expected = 0.25 * second[1]![3]![0]! + 0.75 * second[2]![3]![0]!
    expect(lower[1]![0]![3]![0]).toBeCloseTo(expected, 6)
    const [r, g, b] = (await at({ ...still, saturation: 0 }))[1]![1]![1]!
    expect([g, b]).toEqual([expect.closeTo(r!, 6), expect.closeTo(r!, 6)])
    const brighter = await at({ ...still, brightness: 0.1 })
    expect(brighter[1]![0]![0]![0]).toBeCloseTo(Math.min(1, second[0]![0]![0]! + 0.1), 6)
  })

  it('is drawn within its bounds, from the generator alone', () => {
    const draw = (i: number) => drawAugmentation(rng(1).split(i), all)
    const drawn = Array.from({ length: 200 }, (_, i) => draw(i))
    expect(drawn[3]).toEqual(draw(3))
    for (const {
      rows: [from, share],
      contrast,
    } of drawn) {
      expect(share).toBeGreaterThanOrEqual(0.7)
      expect(from + share).toBeLessThanOrEqual(1)
      expect(Math.abs(contrast - 1)).toBeLessThanOrEqual(0.2)
    }
    const flips = drawn.filter(({ flip }) => flip).length
    expect(flips).toBeGreaterThan(70)
    expect(flips).toBeLessThan(130)
  })

  it('varies the pictures of an episode and nothing else, the same each time, and leaks nothing', async () => {
    const labels = Array.from({ length: 12 }, (_, i) => i % 3)
    const x = Array.from({ length: 12 * 8 * 8 * 3 }, (_, i) => (i % 23) / 23)
    const data = fromArrays({ name: 'noise', shape: [8, 8, 3], x, labels })
    const options = { ways: 2, shots: 1, queries: 2, seed: 1 }
    const [plain, varied] = [episodes(data, options), episodes(data, { ...options, augment: all })]
    expect(varied.plan(4).support[0]!.example).toBe(plain.plan(4).support[0]!.example)
    const before = memory().numTensors
    const [a, b] = [varied(4), varied(4)]
    expect(memory().numTensors).toBe(before + 8)
    expect([...(await a.query.x.data())]).toEqual([...(await b.query.x.data())])
    expect([...(await a.query.x.data())]).not.toEqual([...(await plain(4).query.x.data())])
    await expectError(
      () => episodes(data, { ...options, augment: { crop: 1 } }),
      'episodes/bad-option',
      'crop',
    )
  })
})
