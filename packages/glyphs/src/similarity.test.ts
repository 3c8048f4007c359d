import { beforeAll, expect, test } from 'vitest'
import { type GlyphSplit, glyphs } from '.'
import { groups, type Picture, picture, similarity } from './similarity'

// Pictures more alike than this count as one picture.
const bound = 0.92

interface Sample extends Picture {
  readonly split: string
  readonly character: string
  readonly drawer: string
}

let samples: Sample[]

beforeAll(async () => {
  const splits = await glyphs()
  samples = Object.values(splits).flatMap(pictures)
})

function pictures(split: GlyphSplit): Sample[] {
  return split.classes.flatMap(({ id, size }, classIndex) =>
    Array.from({ length: size }, (_, example) => {
      const image = new Float32Array(784)
      split.read(classIndex, example, image, 0)
      const drawer = split.drawer(classIndex, example)
      return { ...picture(image), split: split.spec.options.split, character: id, drawer }
    }),
  )
}

/** The pairs of samples too much alike, among those with the same `key` that `differ`. */
function alike(key: keyof Sample & string, differ: (a: Sample, b: Sample) => boolean): string[] {
  return groups(samples, (sample) => sample[key]).flatMap((group) =>
    group.flatMap((a, i) =>
      group
        .slice(0, i)
        .filter((b) => differ(a, b) && similarity(a, b, bound) > bound)
        .map((b) => `${a.character} in ${a.drawer}, ${b.character} in ${b.drawer}`),
    ),
  )
}

test('no two typefaces draw a character alike', () => {
  expect(alike('character', (a, b) => a.drawer !== b.drawer)).toEqual([])
})

test('no typeface draws two characters alike', () => {
  expect(alike('drawer', (a, b) => a.character !== b.character)).toEqual([])
})

test('no character looks like one of another split, whatever the typefaces', () => {
  // Pictures that differ much in ink cannot be alike: sorted, each meets only its neighbours.
  const sorted = samples.toSorted((a, b) => a.total - b.total)
  const leaks: string[] = []
  sorted.forEach((a, i) => {
    for (let j = i - 1; j >= 0 && sorted[j]!.total > bound * a.total; j--) {
      const b = sorted[j]!
      if (a.split === b.split || similarity(a, b, bound) <= bound) continue
      leaks.push(`${a.character} in ${a.drawer}, ${b.character} in ${b.drawer}`)
    }
  })
  expect(leaks).toEqual([])
})
