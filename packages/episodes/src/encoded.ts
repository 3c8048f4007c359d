import { type Encoder, KshotError } from '@kshot/core'
import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { type Dataset, exampleSize } from './dataset'

export interface EncodedOptions {
  /** Its examples are what the encoder takes: pictures `[h, w, 1 or 3]` in 0 … 1. */
  readonly dataset: Dataset
  readonly encoder: Encoder<Tensor>
  /** Called as examples are encoded. */
  readonly onProgress?: (encoded: number, total: number) => void
}

/** Examples that lie in memory as tensors at once. */
const BATCH = 32

/**
 * A data set of embeddings, `[d]` each: every example is encoded once, before any episode. Learners take
 * them with the backbone `frozen(encoder)`. Memory: 4·d bytes an example.
 * @throws what the encoder throws; `episodes/bad-encoder` where it gives another shape than it says
 * @example
 * const { test } = await imageFolder('photos/', { size: [224, 224] })
 * const data = await encodedDataset({ dataset: test, encoder: imageEncoder() })
 * const tasks = episodes(data, { ways: 5, shots: 1, queries: 15, seed: 1 })
 */
export async function encodedDataset(options: EncodedOptions): Promise<Dataset> {
  const { dataset, encoder, onProgress } = options
  const d = encoder.dimensions
  const places = dataset.classes.flatMap(({ size }, c) =>
    Array.from({ length: size }, (_, example) => [c, example] as const),
  )
  const rows = new Float32Array(places.length * d)
  for (let from = 0; from < places.length; from += BATCH) {
    const batch = places.slice(from, from + BATCH)
    rows.set(await embed(dataset, encoder, batch), from * d)
    onProgress?.(from + batch.length, places.length)
  }
  return overRows(options, rows)
}

async function embed(
  dataset: Dataset,
  encoder: Encoder<Tensor>,
  places: readonly (readonly [classIndex: number, example: number])[],
): Promise<Float32Array> {
  const inputs = places.map(([c, example]) => {
    const values = new Float32Array(exampleSize(dataset))
    dataset.read(c, example, values, 0)
    return tensor(values, [...dataset.shape])
  })
  try {
    const encoded = await encoder.encode(inputs)
    const values = (await encoded.data()) as Float32Array
    const { shape } = encoded
    encoded.dispose()
    if (values.length === places.length * encoder.dimensions) return values
    throw badEncoder(encoder, places.length, shape)
  } finally {
    for (const input of inputs) input.dispose()
  }
}

function overRows({ dataset, encoder }: EncodedOptions, rows: Float32Array): Dataset {
  const d = encoder.dimensions
  const { classes } = dataset
  let before = 0
  const starts = classes.map(({ size }) => {
    const start = before
    before += size
    return start
  })
  const options = { dataset: dataset.spec, encoder: encoder.spec }
  return {
    spec: { package: '@kshot/episodes', export: 'encodedDataset', options },
    shape: [d],
    classes,
    read(classIndex, example, target, offset) {
      if (!(example >= 0 && example < (classes[classIndex]?.size ?? 0))) {
        throw new RangeError(`there is no example ${example} of class ${classIndex}`)
      }
      const row = starts[classIndex]! + example
      target.set(rows.subarray(row * d, (row + 1) * d), offset)
    },
  }
}

function badEncoder({ spec, dimensions }: Encoder<Tensor>, n: number, shape: readonly number[]) {
  return new KshotError('episodes/bad-encoder', {
    got: `embeddings [${shape.join(', ')}] from ${spec.export}`,
    expected: `[${n}, ${dimensions}]`,
    remedy: 'Correct its dimensions, or what it returns',
  })
}
