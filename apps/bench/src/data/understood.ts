import type { Splits, Understood } from '@kshot/episodes'
import { count } from '@kshot/results'

/** What was made of a user's files, for people: counts, splits, and what was left out. */
export function understoodLines({ classes, examples, dealt, splits, notes }: Understood): string[] {
  const { train, validation, test } = splits
  return [
    `${count(examples)} examples of ${count(classes)} classes`,
    `${dealt}: ${train} classes to train on, ${validation} to validate on, ${test} to test on`,
    ...notes,
  ]
}

/** How many classes a data set has, and how they came to its splits: for errors. */
export function dealing({ train, validation, test, understood, given }: Splits): string {
  const sizes = [train, validation, test].map(({ classes }) => classes.length)
  const all = sizes.reduce((a, b) => a + b, 0)
  const how = understood?.dealt ?? (given ? 'given' : 'dealt by seed')
  const [a, b, c] = sizes
  return `${all} classes, of which ${a} are to train on, ${b} to validate on, ${c} to test on (${how})`
}
