import { KshotError } from '../errors'

export const BAD_OPTION = 'core/bad-option'

export interface Range {
  readonly min?: number
  /** The smallest number that is too large. */
  readonly below?: number
  /** Larger than `min`, not equal to it. */
  readonly open?: boolean
  readonly integer?: boolean
}

/**
 * Checks one number among the options of `name`.
 * @throws `core/bad-option`
 */
export function checkNumber(name: string, option: string, value: unknown, range: Range = {}): void {
  const { min = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY, open, integer } = range
  const inside = (n: number) => (open ? n > min : n >= min) && n < below
  const right = integer ? Number.isSafeInteger(value) : Number.isFinite(value)
  if (right && inside(value as number)) return
  throw new KshotError(BAD_OPTION, {
    got: `${name} with ${option} ${String(value)}`,
    expected: `a finite ${integer ? 'integer' : 'number'}${bounds(range)}`,
    remedy: `Correct the ${option}`,
  })
}

function bounds({ min, below, open }: Range): string {
  const low = min === undefined ? '' : open ? `above ${min}` : `of at least ${min}`
  const high = below === undefined ? '' : `below ${below}`
  const both = [low, high].filter((text) => text !== '').join(' and ')
  return both === '' ? '' : ` ${both}`
}

/**
 * Makes `f(value, rest)` of a person and `f({ [name]: value, ...rest })` of a spec the same call.
 */
export function namedOptions<Options extends object>(
  name: keyof Options & string,
  first: unknown,
  rest: object = {},
): Options {
  const whole = typeof first === 'object' && first !== null && name in first
  return (whole ? first : { ...rest, [name]: first }) as Options
}
