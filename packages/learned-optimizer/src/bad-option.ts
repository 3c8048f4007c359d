import { KshotError } from '@kshot/core'

/** An option that is wrong beside others. */
export function badOption(got: string, expected: string, remedy: string): KshotError {
  return new KshotError('learned-optimizer/bad-option', { got, expected, remedy })
}
