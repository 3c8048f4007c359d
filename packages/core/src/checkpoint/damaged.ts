import { KshotError } from '../errors'

/** The fault of a file that can't be trusted; `got` says where. */
export function damaged(got: string, expected: string, cause?: unknown): KshotError {
  return new KshotError('checkpoint/damaged', {
    got: `a damaged file: ${got}`,
    expected,
    remedy: 'Use an older copy, or write the file again',
    cause,
  })
}
