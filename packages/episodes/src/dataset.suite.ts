import { describe, expect, it } from 'vitest'
import { assertDisjoint, type Dataset, exampleSize } from './dataset'
import { episodes } from './episodes'
import { episodeSetHash } from './hash'

/** What every data set must keep: each kind of ours passes it, and one of yours can. */
export function datasetSuite(name: string, load: () => Dataset | Promise<Dataset>): void {
  describe(`${name} is a data set`, () => {
    it('has a spec of plain JSON', async () => {
      const { spec } = await load()
      expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
      expect(spec.package).toMatch(/^@kshot\//)
    })

    it('has classes with distinct ids and at least one example', async () => {
      const { classes } = await load()
      expect(classes.length).toBeGreaterThan(0)
      expect(new Set(classes.map(({ id }) => id)).size).toBe(classes.length)
      expect(classes.every(({ size }) => Number.isInteger(size) && size > 0)).toBe(true)
      assertDisjoint({ itself: await load() })
    })

    it('writes each example where it was asked to, and nowhere else', async () => {
      const dataset = await load()
      const size = exampleSize(dataset)
      for (const [classIndex, { size: count }] of dataset.classes.entries()) {
        const target = new Float32Array(size + 2).fill(7)
        dataset.read(classIndex, count - 1, target, 1)
        expect([target[0], target[size + 1]]).toEqual([7, 7])
        expect(target.every(Number.isFinite)).toBe(true)
        if (classIndex > 20) break
      }
    })

    it('reads the same each time, and when it is built anew', async () => {
      const [one, other] = [await load(), await load()]
      const last = one.classes.length - 1
      expect(example(one, last, 0)).toEqual(example(one, last, 0))
      expect(example(other, last, 0)).toEqual(example(one, last, 0))
      expect(other.classes).toEqual(one.classes)
      expect(other.spec).toEqual(one.spec)
    })

    it('refuses a class, an example or a target that does not exist', async () => {
      const dataset = await load()
      const size = exampleSize(dataset)
      const target = new Float32Array(size)
      expect(() => dataset.read(dataset.classes.length, 0, target, 0)).toThrow()
      expect(() => dataset.read(0, dataset.classes[0]!.size, target, 0)).toThrow()
      expect(() => dataset.read(0, 0, target, 1)).toThrow()
    })

    it('makes the same episodes when it is built anew', async () => {
      const options = { ways: 2, shots: 1, queries: 1, seed: 1 }
      const hash = async () => episodeSetHash(episodes(await load(), options), 10)
      expect(await hash()).toBe(await hash())
    })
  })
}

/** One example as an array. */
export function example(dataset: Dataset, classIndex: number, index: number): number[] {
  const target = new Float32Array(exampleSize(dataset))
  dataset.read(classIndex, index, target, 0)
  return [...target]
}
