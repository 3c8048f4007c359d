import { isKshotError } from '@kshot/core'

/** What the shell is told; stable, scripts depend on it. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** Wrong use or configuration. */
  usage: 2,
  /** A wanted backend or data set is not available. */
  unavailable: 3,
  interrupted: 130,
} as const

// By the family of an error's code, or by what it says after the slash.
const USAGE = [
  /^(config|usage)\//,
  /\/(bad-option|bad-file)$/,
  /\/(too-few|class-too-small|no-classes|unknown)/,
  /^checkpoint\/(other-model|not-found)$/,
  /\/wrong-way$/,
  /^classify\/(no|not)-pictures$/,
]
const UNAVAILABLE = [
  /^backend\/(unavailable|not-installed)$/,
  /^(data|dataset|episodes|omniglot|glyphs|images)\/.*(not-found|missing|unavailable)/,
]

/** The exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (!isKshotError(error)) return EXIT.failed
  const { code, cause } = error
  // What went wrong in a thread is what counts.
  if (/^workers\/(task-failed|not-started)$/.test(code)) return exitCodeOf(cause)
  if (code === 'run/interrupted') return EXIT.interrupted
  if (UNAVAILABLE.some((pattern) => pattern.test(code))) return EXIT.unavailable
  return USAGE.some((pattern) => pattern.test(code)) ? EXIT.usage : EXIT.failed
}
