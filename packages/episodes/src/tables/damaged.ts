import { KshotError } from '@kshot/core'

export function damaged(
  where: string,
  got: string,
  expected: string,
  remedy = 'Correct the file',
): KshotError {
  return new KshotError('episodes/damaged-file', { got: `${where}: ${got}`, expected, remedy })
}

/** A value as it stands in a file, cut short. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
