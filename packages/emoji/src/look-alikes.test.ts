import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
// @ts-expect-error: the generator has no types
import * as alike from '../generator/similarity.mjs'
import { type EmojiSplit, emoji } from '.'

const { coarse, mayBeAlike, prepared, similarity } = alike as {
  coarse(values: Float32Array): Float32Array
  mayBeAlike(a: Float32Array, b: Float32Array, bound: number): boolean
  prepared(rgba: ArrayLike<number>): Float32Array
  similarity(a: Float32Array, b: Float32Array): number
}

interface Picture {
  readonly id: string
  readonly artist: string
  readonly values: Float32Array
  readonly blocks: Float32Array
}

let all: { readonly [split in 'train' | 'validation' | 'test']: Picture[][] }
beforeAll(async () => {
  const { train, validation, test } = await emoji()
  all = { train: preparedOf(train), validation: preparedOf(validation), test: preparedOf(test) }
})

/** By class: its pictures, prepared. */
function preparedOf(split: EmojiSplit): Picture[][] {
  return split.classes.map(({ id, size }, c) =>
    Array.from({ length: size }, (_, i) => {
      const values = prepared(split.rgba(c, i))
      return { id, artist: split.drawer(c, i), values, blocks: coarse(values) }
    }),
  )
}

/** The pairs whose similarity is not below a bound; most are told apart by their blocks. */
function pairs(from: Picture[], to: Picture[], bound: number): string[] {
  return from.flatMap((a) =>
    to
      .filter((b) => a !== b && mayBeAlike(a.blocks, b.blocks, bound))
      .filter((b) => similarity(a.values, b.values) >= bound)
      .map((b) => `${a.id} by ${a.artist}, ${b.id} by ${b.artist}`),
  )
}

describe('similarity', () => {
  it('is 1 for the same picture, and little for others', () => {
    const [[one, another]] = all.test as [[Picture, Picture]]
    expect(similarity(one.values, one.values)).toBe(1)
    expect(similarity(one.values, another.values)).toBeLessThan(0.9)
    const [spoon] = all.test.find((pictures) => pictures[0]!.id.endsWith('/spoon'))!
    expect(similarity(one.values, spoon!.values)).toBeLessThan(0.5)
  })
})

describe('look-alikes', () => {
  it('two artists’ drawings of an emoji are no copies', () => {
    const classes = Object.values(all).flat()
    expect(classes.flatMap((pictures) => pairs(pictures, pictures, 0.9))).toEqual([])
  })

  it('a picture of an artist has one name only', () => {
    const names = new Map<string, string>()
    for (const { id, artist, values } of Object.values(all).flat(2)) {
      const picture = `${artist} ${createHash('sha256').update(values).digest('hex')}`
      expect([id, names.get(picture)]).toEqual([id, undefined])
      names.set(picture, id)
    }
  })

  it('nothing to test or validate on looks like a class of another split', () => {
    const sample = (classes: Picture[][]) => classes.map((pictures, c) => pictures[c % 4]!)
    const [train, validation, test] = [all.train, all.validation, all.test].map(sample)
    expect(pairs(test!, train!, 0.9)).toEqual([])
    expect(pairs(validation!, train!, 0.9)).toEqual([])
    expect(pairs(test!, validation!, 0.9)).toEqual([])
  })
})
