import { createHash } from 'node:crypto'
import { type Dataset, exampleSize, type Splits } from '@kshot/episodes'

/** An example, and where it comes from. */
export interface Found {
  readonly split: string
  readonly id: string
  /** A file, or a line of a table. */
  readonly place: string
}

/** Examples that are equal, number by number, as a learner sees them. */
export interface Duplicates {
  readonly examples: readonly Found[]
  /** They are in more than one class: one of the labels is wrong. */
  readonly acrossClasses: boolean
}

/** Sets of equal examples, those in several classes first. */
export function duplicatesIn({ train, validation, test }: Splits): Duplicates[] {
  const seen = new Map<string, Found[]>()
  for (const [split, dataset] of Object.entries({ train, validation, test })) {
    for (const { key, id, place } of examplesOf(dataset)) {
      const found = { split, id, place }
      const known = seen.get(key)
      if (known) known.push(found)
      else seen.set(key, [found])
    }
  }
  return [...seen.values()]
    .filter(({ length }) => length > 1)
    .map((examples) => ({ examples, acrossClasses: new Set(examples.map((e) => e.id)).size > 1 }))
    .sort((a, b) => Number(b.acrossClasses) - Number(a.acrossClasses))
}

function* examplesOf(dataset: Dataset) {
  const numbers = new Float32Array(exampleSize(dataset))
  const bytes = new Uint8Array(numbers.buffer)
  for (const [c, { id, size }] of dataset.classes.entries()) {
    for (let i = 0; i < size; i++) {
      dataset.read(c, i, numbers, 0)
      const text = dataset.shape.length === 1 ? dataset.source?.(c, i) : undefined
      const key = createHash('sha1')
        .update(text ?? bytes)
        .digest('base64')
      yield { key, id, place: placeOf(dataset, c, i) }
    }
  }
}

/** Where an example comes from. */
export function placeOf(dataset: Dataset, c: number, example: number): string {
  const { id } = dataset.classes[c]!
  return dataset.place?.(c, example) ?? dataset.source?.(c, example) ?? `${id}, no. ${example + 1}`
}
