import type { Spec } from '@kshot/core'
import { describe, expect, it } from 'vitest'

/** Labelled examples by class, as episodes are drawn from: `Dataset` of `@kshot/episodes`. */
export interface TestedDataset {
  readonly spec: Spec
  /** Shape of one example. */
  readonly shape: readonly number[]
  readonly classes: readonly { readonly id: string; readonly size: number }[]
  read(classIndex: number, example: number, target: Float32Array, offset: number): void
}

/** Of so many classes, from both ends, the first and the last example are read. */
const CLASSES = 40

/**
 * Tests that every data set must pass. `load` rebuilds it at each call.
 * @example datasetSuite('my drawings', async () => (await drawings()).test)
 */
export function datasetSuite(
  name: string,
  load: () => TestedDataset | Promise<TestedDataset>,
): void {
  describe(`${name} is a data set`, () => {
    it('has a spec of plain JSON', async () => {
      const { spec } = await load()
      expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
      expect([spec.package, spec.export]).not.toContain('')
    })

    it('has classes with distinct ids and at least one example', async () => {
      const { classes } = await load()
      expect(classes.length).toBeGreaterThan(0)
      expect(new Set(classes.map(({ id }) => id)).size).toBe(classes.length)
      expect(classes.every(({ size }) => Number.isInteger(size) && size > 0)).toBe(true)
    })

    it('writes each example where asked, and nowhere else', async () => {
      const dataset = await load()
      const size = exampleSize(dataset)
      for (const [classIndex, index] of someOf(dataset)) {
        const target = new Float32Array(size + 2).fill(7)
        target.fill(Number.NaN, 1, size + 1)
        dataset.read(classIndex, index, target, 1)
        expect([target[0], target[size + 1]]).toEqual([7, 7])
        expect(target.every(Number.isFinite)).toBe(true)
      }
    })

    it('reads the same each time, and when rebuilt', async () => {
      const [one, other] = [await load(), await load()]
      for (const [classIndex, index] of someOf(one)) {
        const read = exampleOf(one, classIndex, index)
        expect(exampleOf(one, classIndex, index)).toEqual(read)
        expect(exampleOf(other, classIndex, index)).toEqual(read)
      }
      expect(other.classes).toEqual(one.classes)
      expect(other.spec).toEqual(one.spec)
    })

    it('has examples that differ', async () => {
      const dataset = await load()
      const texts = someOf(dataset).map(([c, i]) => exampleOf(dataset, c, i).join())
      expect(new Set(texts).size).toBeGreaterThan(1)
    })

    it('rejects a class, an example or a target that does not exist', async () => {
      const dataset = await load()
      const target = new Float32Array(exampleSize(dataset))
      expect(() => dataset.read(dataset.classes.length, 0, target, 0)).toThrow()
      expect(() => dataset.read(0, dataset.classes[0]!.size, target, 0)).toThrow()
      expect(() => dataset.read(0, 0, target, 1)).toThrow()
    })
  })
}

/** One example as an array. */
export function exampleOf(dataset: TestedDataset, classIndex: number, index: number): number[] {
  const target = new Float32Array(exampleSize(dataset))
  dataset.read(classIndex, index, target, 0)
  return [...target]
}

function exampleSize({ shape }: TestedDataset): number {
  return shape.reduce((product, n) => product * n, 1)
}

function someOf({ classes }: TestedDataset): [classIndex: number, example: number][] {
  const indices = [...classes.keys()]
  const some = new Set([...indices.slice(0, CLASSES / 2), ...indices.slice(-CLASSES / 2)])
  return [...some].flatMap((c): [number, number][] => [
    [c, 0],
    [c, classes[c]!.size - 1],
  ])
}
