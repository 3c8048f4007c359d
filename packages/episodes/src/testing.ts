import { isKshotError, rng } from '@kshot/core'
import { expect } from 'vitest'
import type { Dataset } from './dataset'
import { fromArrays } from './memory'

export interface RandomImages {
  readonly classes: number
  readonly size: number
  readonly shape?: readonly number[]
  readonly name?: string
}

/** A data set of random pictures, `[5, 5, 1]` unless asked for others. */
export function randomImages({
  classes,
  size,
  shape = [5, 5, 1],
  name = 'class',
}: RandomImages): Dataset {
  const random = rng(`${name} ${classes} ${size}`)
  const length = shape.reduce((product, n) => product * n, 1)
  const labels = Array.from({ length: classes * size }, (_, i) => `${name}${Math.floor(i / size)}`)
  const x = Float32Array.from({ length: labels.length * length }, () => random.uniform())
  return fromArrays({ name, shape, x, labels })
}

/** Runs `f`, expects an error of this code, and that it says each of `mentions`. */
export async function expectError(
  f: () => unknown,
  code: string,
  ...mentions: (string | RegExp)[]
): Promise<void> {
  const error = await Promise.resolve()
    .then(f)
    .then(
      () => undefined,
      (caught: unknown) => caught,
    )
  if (!isKshotError(error, code))
    throw error ?? new Error(`expected ${code}, and nothing was thrown`)
  for (const mention of mentions) expect(error.message).toMatch(mention)
  expect(error.remedy.length).toBeGreaterThan(3)
}
