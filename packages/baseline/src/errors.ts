import { KshotError } from '@kshot/core'

export function badOption(got: string, expected: string, remedy: string): KshotError {
  return new KshotError('baseline/bad-option', { got, expected, remedy })
}
