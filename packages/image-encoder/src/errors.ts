import { KshotError } from '@kshot/core'

/** @internal What is said of one input: which, what it is, what to do. */
export function badPicture(got: string, remedy: string, cause?: unknown): KshotError {
  return new KshotError('image-encoder/bad-picture', {
    got,
    expected: 'an intact, readable picture with at least one pixel',
    remedy,
    cause,
  })
}

export function badTensor(got: string, remedy: string): KshotError {
  return new KshotError('image-encoder/bad-tensor', {
    got,
    expected: 'a tensor [height, width, 1 or 3], int32 of 0 to 255 or float32 of 0 to 1',
    remedy,
  })
}

export function unknownInput(input: unknown, expected: string): KshotError {
  return new KshotError('image-encoder/unknown-input', {
    got: nameOf(input),
    expected,
    remedy: 'Convert it to one of these',
  })
}

/** `[object HTMLImageElement]` is a HTMLImageElement, also that of another frame. */
export function nameOf(input: unknown): string {
  return Object.prototype.toString.call(input).slice(8, -1)
}
