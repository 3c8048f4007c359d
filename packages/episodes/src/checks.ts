import { KshotError } from '@kshot/core'

/** Throws `episodes/bad-option` unless `value` is a whole number of at least `least`. */
export function checkInteger(name: string, value: number, least = 1): void {
  if (Number.isInteger(value) && value >= least) return
  throw badOption(`${name}: ${value}`, `an integer of at least ${least}`, `Pass ${name} such as 5`)
}

/** Throws `episodes/bad-option` unless `range` is two numbers, the smaller first. */
export function checkRange(name: string, [low, high]: readonly [number, number]): void {
  if (Number.isFinite(low) && Number.isFinite(high) && low <= high) return
  throw badOption(
    `${name}: [${low}, ${high}]`,
    'two numbers, the smaller first',
    'Check the option',
  )
}

/** Throws `episodes/bad-option` unless examples are square images, the only ones that 90° fits. */
export function checkSquare(shape: readonly number[]): void {
  if ((shape.length === 2 || shape.length === 3) && shape[0] === shape[1]) return
  throw badOption(
    `rotations by 90° of examples of shape [${shape}]`,
    'square images, [n, n] or [n, n, channels]',
    'Leave rotations out, or load the images at a square size',
  )
}

export function badOption(got: string, expected: string, remedy: string): KshotError {
  return new KshotError('episodes/bad-option', { got, expected, remedy })
}
