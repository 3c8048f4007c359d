import { type Backend, type Encoder, KshotError, tree } from '@kshot/core'
import { loadedOnce, onBackend, prepareBackend } from '@kshot/core/backend'
import { type Tensor2D, tensor2d, tensor4d } from '@tensorflow/tfjs-core'
import { DIMENSIONS, efficientNetLite0, SIDE, type Weights } from './net'
import { middleSquare, type Pixels } from './resize'
import { readWeights, toTensors, WEIGHTS_VERSION, type WeightOptions } from './weights'

export interface ImageEncoderOptions extends WeightOptions {
  /** Computes on this backend; the app's active backend stays as it is. Default: the active one. */
  readonly backend?: Backend | undefined
}

/** Pictures that are in memory at once: their maps take 5 MB each at the widest. */
const BATCH = 4
const AREA = SIDE * SIDE * 3

/**
 * The encoder of whatever can be read to pixels. `content` gives the bytes that stand for an input; without,
 * or where it gives none, these are the pixels that the net sees.
 */
export function encoderOf<Input>(
  read: (input: Input, index: number) => Promise<Pixels>,
  content: ((input: Input) => Promise<Uint8Array | undefined>) | undefined,
  { backend, ...options }: ImageEncoderOptions,
): Encoder<Input> {
  const here = <T>(f: () => T): T => (backend ? onBackend(backend.name, f) : f())

  async function load(): Promise<Weights> {
    const stored = await readWeights(options)
    if (backend) await prepareBackend(backend)
    return here(() => toTensors(stored))
  }

  const weights = loadedOnce(load, (loaded) => tree.dispose(loaded))

  return {
    spec: { package: '@kshot/image-encoder', export: 'imageEncoder', options: {} },
    version: WEIGHTS_VERSION,
    dimensions: DIMENSIONS,
    async encode(inputs): Promise<Tensor2D> {
      if (!Array.isArray(inputs)) throw notAList()
      const rows = new Float32Array(inputs.length * DIMENSIONS)
      for (let i = 0; i < inputs.length; i += BATCH) {
        const batch = inputs.slice(i, i + BATCH)
        const pixels = await Promise.all(batch.map((input, k) => read(input, i + k)))
        const squares = pixels.map(middleSquare)
        rows.set(await embedBatch(await weights.get(), squares, here), i * DIMENSIONS)
      }
      return tensor2d(rows, [inputs.length, DIMENSIONS])
    },
    async content(input) {
      const bytes = await content?.(input)
      return bytes ?? new Uint8Array(middleSquare(await read(input, 0)).buffer)
    },
    dispose: weights.dispose,
  }
}

/** The embeddings of a few pictures at once, row after row. */
async function embedBatch(
  weights: Weights,
  squares: readonly Float32Array[],
  here: <T>(f: () => T) => T,
): Promise<ArrayLike<number>> {
  const output = here(() => {
    const x = tensor4d(joined(squares), [squares.length, SIDE, SIDE, 3])
    const embedded = efficientNetLite0(weights, x)
    x.dispose()
    return embedded
  })
  try {
    return await output.data()
  } finally {
    output.dispose()
  }
}

function joined(squares: readonly Float32Array[]): Float32Array {
  const values = new Float32Array(squares.length * AREA)
  squares.forEach((square, i) => {
    values.set(square, i * AREA)
  })
  return values
}

function notAList(): KshotError {
  return new KshotError('image-encoder/not-a-list', {
    got: 'a single input',
    expected: 'a list of pictures',
    remedy: 'Put it in a list: encode([picture])',
  })
}
