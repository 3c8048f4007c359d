import { KshotError } from '@kshot/core'

export function noPictures(path: string, cause?: unknown): KshotError {
  const why = cause ? ` (${(cause as Error).message})` : ''
  return new KshotError('classify/no-pictures', {
    got: `no pictures at ${path}${why}`,
    expected: 'a picture (.png, .jpg, …), or a folder of pictures',
    remedy: 'Check the path',
    cause,
  })
}

export function undecodable(faults: readonly string[]): KshotError {
  const many =
    faults.length === 1
      ? 'a file that is not an intact picture'
      : `${faults.length} files that are not intact pictures`
  return new KshotError('classify/undecodable', {
    got: `${many}: ${faults.join('; ')}`,
    expected: 'png, jpeg, webp, gif, tiff, avif or bmp',
    remedy: 'Replace them, or leave them out',
  })
}

export function badUse(got: string, expected: string, remedy: string): KshotError {
  return new KshotError('usage/classify', { got, expected, remedy })
}
