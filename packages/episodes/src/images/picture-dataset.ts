import type { Dataset } from '../dataset'
import type { ImageFormat } from './decode-image'

/** A class with its decoded pictures. */
export interface LoadedClass {
  readonly id: string
  readonly group?: string
  /** Bytes `[height, width, channels]`, one for each example. */
  readonly pixels: readonly Pixels[]
  /** Their files. */
  readonly pictures: readonly { readonly path: string }[]
}

/** The bytes of one picture, wherever they lie. */
export type Pixels = () => Uint8Array

/** Classes of pictures as a data set, `[height, width, channels]` in 0 … 1. */
export function pictureDataset(
  classes: readonly LoadedClass[],
  { size, channels = 3 }: ImageFormat,
  spec: Dataset['spec'],
): Dataset {
  return {
    spec,
    shape: [...size, channels],
    classes: classes.map(({ id, group, pixels }) => ({
      id,
      ...(group !== undefined && { group }),
      size: pixels.length,
    })),
    read(classIndex, example, target, offset) {
      const pixels = classes[classIndex]?.pixels[example]
      if (!pixels) throw new RangeError(`there is no example ${example} of class ${classIndex}`)
      const bytes = pixels()
      if (offset + bytes.length > target.length) throw new RangeError('the target is too small')
      for (let i = 0; i < bytes.length; i++) target[offset + i] = bytes[i]! / 255
    },
    source: (classIndex, example) => classes[classIndex]!.pictures[example]!.path,
  }
}
