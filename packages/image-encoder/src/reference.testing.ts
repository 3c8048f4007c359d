// What reference.test.ts and node.test.ts compare with: see generator/reference.py.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decodeWeights } from '@kshot/core'
import { type Tensor3D, tensor3d } from '@tensorflow/tfjs-core'
import { DIMENSIONS } from './net'

const data = (path: string) => fileURLToPath(new URL(`../test-data/${path}`, import.meta.url))

/** The paths of the photos, in the order of their reference embeddings. */
export const photos = readdirSync(data('photos'))
  .sort()
  .map((name) => data(`photos/${name}`))

const kinds = [0, 1, 2, 3, 4, 5]
const sizes = [
  [224, 224],
  [300, 200],
  [97, 131],
  [640, 480],
  [57, 224],
  [225, 449],
  [16, 16],
] as const

export interface Drawing {
  readonly shape: [height: number, width: number, channels: number]
  readonly bytes: Int32Array
}

/** The drawings of generator/inputs.py. */
export const drawings: readonly Drawing[] = kinds.flatMap((kind) =>
  sizes.map(([width, height], i) => {
    const channels = (kind * sizes.length + i) % 7 === kind ? 1 : 3
    return drawn(kind, width, height, channels, kind * 100 + i)
  }),
)

export function toTensor({ shape, bytes }: Drawing): Tensor3D {
  return tensor3d(bytes, shape, 'int32')
}

const { weights } = decodeWeights(readFileSync(data('embeddings.safetensors')))

/** PyTorch's embeddings, a row an input. */
export const embeddings = {
  drawings: rowsOf(weights.drawings!.values),
  photos: rowsOf(weights.photos!.values),
}

export function rowsOf(values: Float32Array): Float32Array[] {
  return Array.from({ length: values.length / DIMENSIONS }, (_, i) =>
    values.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS),
  )
}

export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(x).reduce((sum, v, i) => sum + v * y[i]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

function drawn(
  kind: number,
  width: number,
  height: number,
  channels: number,
  seed: number,
): Drawing {
  const bytes = new Int32Array(width * height * channels)
  let at = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        bytes[at++] = pixel(kind, x, y, c, width, height, seed)
      }
    }
  }
  return { shape: [height, width, channels], bytes }
}

function pixel(
  kind: number,
  x: number,
  y: number,
  c: number,
  width: number,
  height: number,
  seed: number,
): number {
  const [a, b] = [3 + (seed % 11), 5 + (seed % 7)]
  const share = (at: number, length: number) => Math.floor((at * 255) / Math.max(length - 1, 1))
  switch (kind) {
    case 0:
      return ((x * a + c * 40) % 256) ^ ((y * b) % 256)
    case 1:
      return ((Math.floor(x / (4 + a)) + Math.floor(y / (4 + b)) + c) % 2) * (200 - 30 * c) + 20
    case 2: {
      const far = (x - (width >> 1)) ** 2 * a + (y - Math.floor(height / 3)) ** 2 * b
      return Math.floor(far / (64 + 32 * c)) % 256
    }
    case 3:
      return (((x * 7919 + y * 104729 + c * 1299709 + seed * 15485863) % 65521) * 31) % 256
    case 4:
      return (Math.floor((x * y) / (8 + a)) + c * 85) % 256
    default:
      return ((c === 0 ? share(x, width) : share(y, height)) + a * 8) % 256
  }
}
