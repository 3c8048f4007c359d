import { isKshotError } from '@kshot/core'

/** The code of the KshotError that `f` throws, or undefined if it throws nothing; others pass on. */
export function codeOf(f: () => unknown): string | undefined {
  try {
    f()
  } catch (error) {
    if (isKshotError(error)) return error.code
    throw error
  }
  return undefined
}
