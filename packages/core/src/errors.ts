/** What an error says: what it got, what it expected, and what to do next. */
export interface ErrorParts {
  readonly got: string
  readonly expected: string
  readonly remedy: string
  readonly cause?: unknown
}

const MARKER = Symbol.for('kshot.error')

/**
 * Every error that kshot throws on purpose.
 *
 * `code` is stable and names the place and the fault, for example `episodes/too-few-classes`.
 * Test with {@link isKshotError}, which also works across two copies of this package.
 */
export class KshotError extends Error {
  readonly [MARKER] = true
  readonly code: string
  readonly got: string
  readonly expected: string
  readonly remedy: string

  constructor(code: string, { cause, ...parts }: ErrorParts) {
    const got = clipped(parts.got)
    const expected = clipped(parts.expected)
    const remedy = clipped(parts.remedy)
    super(`${sentence(got)} Expected: ${sentence(expected)} ${sentence(remedy)}`, { cause })
    this.name = 'KshotError'
    this.code = code
    this.got = got
    this.expected = expected
    this.remedy = remedy
  }
}

/** Whether `error` comes from kshot, and carries `code` if one is given (a trailing `/` matches a family). */
export function isKshotError(error: unknown, code?: string): error is KshotError {
  if (typeof error !== 'object' || error === null || !(MARKER in error)) return false
  const actual = (error as KshotError).code
  return code === undefined || (code.endsWith('/') ? actual.startsWith(code) : actual === code)
}

/** What is quoted out of a file may have any length. */
const LONGEST = 10_000

function clipped(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
