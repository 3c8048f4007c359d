import { type Params, tree } from '@kshot/core'
import { numbersOf } from '../numbers'
import type { ReferenceCase, ReferenceTree } from './format'
import { asParams } from './nets'

/** One comparison: the largest difference, relative to the largest number that was expected. */
export interface Check {
  readonly what: string
  readonly error: number
  readonly ok: boolean
  /** The two have to differ. */
  readonly distinct?: true
}

/** float32 done right is within 2.6e-6 of the largest number. */
const TOLERANCE = 1e-4
/** So that first-order gradients cannot pass for second-order ones by accident. */
const DISTINCT = 1e-3

/** Each tensor, relative to the largest number of all: some biases have a gradient of nothing. */
export async function gradientChecks(
  what: string,
  actual: Params,
  c: ReferenceCase,
  expected: ReferenceTree,
): Promise<Check[]> {
  const wanted = tree.flatten(asParams(actual, c, expected))
  const expectedNumbers = await Promise.all(wanted.map(([, tensor]) => numbersOf(tensor)))
  const largest = Math.max(...expectedNumbers.flat().map(Math.abs))
  const numbers = await Promise.all(tree.leaves(actual).map(numbersOf))
  return numbers.map((values, i) =>
    within(`${what}, ${wanted[i]![0]}`, values, expectedNumbers[i]!, largest),
  )
}

export async function apart(what: string, a: Params, b: Params): Promise<Check> {
  const { error } = within(what, await numbersOf(a), await numbersOf(b))
  return { what, error, ok: error > DISTINCT, distinct: true }
}

/** Whether numbers are as expected, relative to the largest of them or of `scale`. */
export function within(
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  scale = Math.max(...Array.from(expected, Math.abs)),
): Check {
  const differences = Array.from(expected, (value, i) => Math.abs(actual[i]! - value))
  // NaN must not pass: the maximum of anything and NaN is NaN, which is below nothing.
  const error = Math.max(...differences) / (scale || 1)
  return { what, error, ok: actual.length === expected.length && error < TOLERANCE }
}
