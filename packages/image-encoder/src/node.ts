import type { Encoder } from '@kshot/core'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Sharp } from 'sharp'
import { encoderOf, type ImageEncoderOptions } from './encoder'
import { unknownInput } from './errors'
import { fileBytes } from './file-bytes'
import type { Pixels } from './resize'
import { encodedPixels, isSharp, sharpPixels } from './sharp-picture'
import { isTensor, tensorPixels } from './tensor-picture'

export type { ImageEncoderOptions }

/**
 * A picture in Node: the path of a file or its bytes, a sharp, or a tensor `[h, w, 1 or 3]`, int32 of
 * 0 to 255 or float32 of 0 to 1.
 */
export type Picture = string | URL | Uint8Array | ArrayBuffer | Blob | Sharp | Tensor

/**
 * EfficientNet-Lite0, like `imageEncoder` in `@kshot/image-encoder`, for the kinds of pictures in
 * Node. Everything but tensors needs the package sharp; large JPEGs are shrunk during decoding.
 * @throws as that one; `image-encoder/sharp-missing`
 * @example
 * const encoder = imageEncoder()
 * const embeddings = await encoder.encode(['cat.jpg', await readFile('dog.png')]) // [2, 1280]
 */
export function imageEncoder(options: ImageEncoderOptions = {}): Encoder<Picture> {
  return encoderOf(picturePixels, fileContent, options)
}

async function picturePixels(input: Picture, index: number): Promise<Pixels> {
  if (isTensor(input)) return tensorPixels(input)
  if (isSharp(input)) return sharpPixels(input)
  const isPath = typeof input === 'string' || input instanceof URL
  return encodedPixels(await bytesOf(input), isPath ? String(input) : `picture ${index}`)
}

/** A file is what its bytes are; everything else is what it shows. */
async function fileContent(input: Picture): Promise<Uint8Array | undefined> {
  return isTensor(input) || isSharp(input) ? undefined : bytesOf(input)
}

async function bytesOf(input: string | URL | Uint8Array | ArrayBuffer | Blob): Promise<Uint8Array> {
  if (typeof input === 'string') return fileBytes(input)
  if (input instanceof URL) return fileBytes(input)
  if (input instanceof Uint8Array) return input
  if (input instanceof ArrayBuffer) return new Uint8Array(input)
  if (input instanceof Blob) return new Uint8Array(await input.arrayBuffer())
  throw unknownInput(input, 'a path, the bytes of a picture file, a sharp, or a tensor')
}
