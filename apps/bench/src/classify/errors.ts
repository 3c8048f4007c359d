import { KshotError } from '@kshot/core'

export function noPictures(path: string, cause?: unknown): KshotError {
  const why = cause ? ` (${(cause as Error).message})` : ''
  return new KshotError('classify/no-pictures', {
    got: `no pictures at ${path}${why}`,
    expected: 'a .png, .jpg or another kind of picture, or a folder with some',
    remedy: 'Check the path',
    cause,
  })
}

export function undecodable(faults: readonly string[]): KshotError {
  const many = faults.length === 1 ? 'a file that is' : `${faults.length} files that are`
  return new KshotError('classify/undecodable', {
    got: `${many} no whole picture: ${faults.join('; ')}`,
    expected: 'png, jpeg, webp, gif, tiff, avif or bmp',
    remedy: 'Replace them, or leave them out',
  })
}

export function badUse(got: string, expected: string, remedy: string): KshotError {
  return new KshotError('usage/classify', { got, expected, remedy })
}
