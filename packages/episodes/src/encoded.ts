import { type AnyEncoder, type Encoder, KshotError } from '@kshot/core'
import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { type Dataset, exampleSize } from './dataset'

export interface EncodedOptions<Input = Tensor> {
  /** Without `input`, the encoder takes its examples: pictures `[h, w, 1 or 3]` in 0 … 1. */
  readonly dataset: Dataset
  readonly encoder: Encoder<Input>
  /** What the encoder takes instead of an example: a text, the path of a picture. */
  readonly input?: (classIndex: number, example: number) => Input
  /** Reports progress while examples are encoded; it is waited for. */
  readonly onProgress?: (encoded: number, total: number) => unknown
}

/** Examples that lie in memory as tensors at once. */
const BATCH = 32

/**
 * A data set of embeddings, `[d]` each: every example is encoded once, before any episode. Learners use
 * them with the backbone `frozen(encoder)`. Memory: 4·d bytes per example.
 * @throws what the encoder throws; `episodes/bad-encoder` if it returns a shape other than it declares
 * @example
 * const { test } = await imageFolder('photos/', { size: [224, 224] })
 * const data = await encodedDataset({ dataset: test, encoder: imageEncoder() })
 * const tasks = episodes(data, { ways: 5, shots: 1, queries: 15, seed: 1 })
 * @example
 * const { test } = await intents()
 * const data = await encodedDataset({ dataset: test, encoder: textEncoder(), input: test.text })
 */
export async function encodedDataset<Input = Tensor>(
  options: EncodedOptions<Input>,
): Promise<Dataset> {
  const { dataset, encoder, onProgress } = options
  const d = encoder.dimensions
  const places = dataset.classes.flatMap(({ size }, c) =>
    Array.from({ length: size }, (_, example) => [c, example] as const),
  )
  const rows = new Float32Array(places.length * d)
  for (let from = 0; from < places.length; from += BATCH) {
    const batch = places.slice(from, from + BATCH)
    rows.set(await embed(options, batch), from * d)
    await onProgress?.(from + batch.length, places.length)
  }
  return overRows(options, rows)
}

type Places = readonly (readonly [classIndex: number, example: number])[]

async function embed<Input>(
  { dataset, encoder, input }: EncodedOptions<Input>,
  places: Places,
): Promise<Float32Array> {
  if (input) {
    const inputs = places.map(([c, example]) => input(c, example))
    return rowsOf(encoder, await encoder.encode(inputs), places.length)
  }
  const inputs = places.map((place) => exampleAt(dataset, place))
  try {
    const encoded = await (encoder as Encoder<Tensor>).encode(inputs)
    return await rowsOf(encoder, encoded, places.length)
  } finally {
    for (const one of inputs) one.dispose()
  }
}

function exampleAt(dataset: Dataset, [c, example]: Places[number]): Tensor {
  const values = new Float32Array(exampleSize(dataset))
  dataset.read(c, example, values, 0)
  return tensor(values, [...dataset.shape])
}

async function rowsOf(encoder: AnyEncoder, encoded: Tensor, n: number): Promise<Float32Array> {
  const values = (await encoded.data()) as Float32Array
  const { shape } = encoded
  encoded.dispose()
  if (values.length === n * encoder.dimensions) return values
  throw badEncoder(encoder, n, shape)
}

function overRows<Input>({ dataset, encoder }: EncodedOptions<Input>, rows: Float32Array): Dataset {
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
    ...(dataset.drawer && { drawer: dataset.drawer }),
  }
}

function badEncoder({ spec, dimensions }: AnyEncoder, n: number, shape: readonly number[]) {
  return new KshotError('episodes/bad-encoder', {
    got: `embeddings [${shape.join(', ')}] from ${spec.export}`,
    expected: `[${n}, ${dimensions}]`,
    remedy: 'Correct its dimensions, or what it returns',
  })
}
