import type { Splits, Understood } from '@kshot/episodes'
import { count } from '@kshot/results'

/** What was made of a user's files, for people: counts, splits, and what was left out. */
export function understoodLines({ classes, examples, dealt, splits, notes }: Understood): string[] {
  const { train, validation, test } = splits
  return [
    `${count(examples)} examples of ${count(classes)} classes`,
    `${dealt}: ${train} classes for training, ${validation} for validation, ${test} for testing`,
    ...notes,
  ]
}

/** How many classes a data set has, and how they came to its splits: for errors. */
export function dealing({ train, validation, test, understood, given }: Splits): string {
  const sizes = [train, validation, test].map(({ classes }) => classes.length)
  const all = sizes.reduce((a, b) => a + b, 0)
  const how = understood?.dealt ?? (given ? 'given' : 'split by seed')
  const [a, b, c] = sizes
  return `${all} classes: ${a} for training, ${b} for validation, ${c} for testing (${how})`
}
