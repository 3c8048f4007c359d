import type { Encoder } from '@kshot/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import { encoderOf, type ImageEncoderOptions } from './encoder'
import { unknownInput } from './errors'
import { isPagePicture, type PagePicture, pagePixels } from './page-picture'
import type { Pixels } from './resize'
import { isTensor, tensorPixels } from './tensor-picture'

export type { ImageEncoderOptions, PagePicture }

/** A picture from a page, or a tensor `[h, w, 1 or 3]`, int32 of 0 to 255 or float32 of 0 to 1. */
export type Picture = PagePicture | Tensor

/**
 * EfficientNet-Lite0, trained on ImageNet: pictures to embeddings of 1,280 numbers, on any backend.
 * Its weights (7 MB) are part of this package; the first `encode` reads them, once.
 *
 * A picture is rotated upright, its shorter side resized to 224 pixels (bicubic), its centre cropped.
 * Transparency becomes white. To read files, use `imageEncoder` from `@kshot/image-encoder/node`.
 * @throws from `encode`: `image-encoder/bad-picture`, `image-encoder/bad-tensor`,
 * `image-encoder/unknown-input`, `image-encoder/not-a-list`; `image-encoder/unreadable` and
 * `image-encoder/damaged` if the weights don't load
 * @example
 * const encoder = imageEncoder()
 * const embeddings = await encoder.encode([canvas, photo]) // [2, 1280]
 * @see Tan & Le 2019, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks
 */
export function imageEncoder(options: ImageEncoderOptions = {}): Encoder<Picture> {
  return encoderOf(picturePixels, undefined, options)
}

async function picturePixels(input: Picture): Promise<Pixels> {
  if (isTensor(input)) return tensorPixels(input)
  if (isPagePicture(input)) return pagePixels(input)
  const known = 'a tensor, an image, canvas or video element, an ImageData, ImageBitmap or Blob'
  throw unknownInput(input, `${known}; files are for @kshot/image-encoder/node`)
}
