import { join } from 'node:path'
import {
  type AnyEncoder,
  cached,
  type EmbeddingStore,
  type Encoder,
  fromSpec,
  KshotError,
  type Spec,
} from '@kshot/core'
import { layeredStore, packStore } from '@kshot/core/node'
import { type Dataset, encodedDataset, type Splits } from '@kshot/episodes'
import { userCache } from '@kshot/episodes/node'
import { getBackend, type Tensor } from '@tensorflow/tfjs-core'
import { encoderCard, encoderName } from '../catalogue/encoders'
import { registry } from '../catalogue/registry'

/** What examples are to an encoder. */
export type Kind = 'pictures' | 'texts' | 'vectors'

export type SplitName = 'train' | 'validation' | 'test'

export interface EncodeJob {
  readonly encoder: Spec
  readonly kind: Kind
  /** The splits that are read; of the others only the classes count. */
  readonly splits: readonly SplitName[]
  /** Where embeddings are kept beside the user's cache. */
  readonly folder: string | undefined
  readonly onProgress?: ((done: number, total: number) => void | Promise<void>) | undefined
}

/**
 * The same classes, with the embeddings of their examples, `[d]`. Each is encoded once, and kept by its
 * content, the encoder, its version and the backend.
 * @throws `config/bad-value` where the encoder takes something else, `encoder/cache-unwritable`, and
 * what the encoder throws
 */
export async function encodedSplits(data: Splits, job: EncodeJob): Promise<Splits> {
  checkKind(job)
  const encoder = await fromSpec<Encoder>(job.encoder, 'encoder', registry)
  const store = embeddingStore(encoder, job.folder)
  const keeping = cached(identified(encoder, data.test.source !== undefined), store)
  const total = job.splits.reduce((sum, name) => sum + sizeOf(data[name]), 0)
  let before = 0
  const encode = async (name: SplitName): Promise<Dataset> => {
    const dataset = data[name]
    if (!job.splits.includes(name)) return notRead(dataset, encoder.dimensions)
    const encoded = await encodedDataset({
      dataset,
      encoder: keeping as Encoder<unknown>,
      ...(dataset.source && { input: dataset.source }),
      onProgress: (done) => job.onProgress?.(before + done, total),
    })
    before += sizeOf(dataset)
    return encoded
  }
  try {
    const test = await encode('test')
    return { ...data, train: await encode('train'), validation: await encode('validation'), test }
  } finally {
    await store.flush!()
    encoder.dispose()
  }
}

/**
 * Where the embeddings of an encoder are kept on this machine, and in a folder of the user's.
 * Nothing depends on the first: a home that can't be written is no reason to stop.
 */
export function embeddingStore(encoder: AnyEncoder, folder: string | undefined): EmbeddingStore {
  const name = `${encoderName(encoder.spec)}-${encoder.version}`.replace(/[^\w.-]+/g, '-')
  const cache = userCache('embeddings')
  const stores = [
    ...(folder === undefined ? [] : [packStore(join(folder, name))]),
    ...(cache === undefined ? [] : [forgiving(packStore(join(cache, name)))]),
  ]
  return layeredStore(stores)
}

function forgiving(store: EmbeddingStore): EmbeddingStore {
  return {
    get: store.get,
    set: (key, embedding) => store.set(key, embedding).catch(() => {}),
    flush: () => store.flush!().catch(() => {}),
  }
}

/** Backends differ in the last digits, so a result would depend on which one came first. */
export function identified<Input>(encoder: Encoder<Input>, sources: boolean): Encoder<Input> {
  const version = `${encoder.version}, ${getBackend()}`
  // Their numbers tell pictures in memory apart; what the net makes of them takes longer.
  if (sources) return { ...encoder, version }
  return { ...encoder, version, content: numbersOf as (x: Input) => Promise<Uint8Array> }
}

async function numbersOf(x: Tensor): Promise<Uint8Array> {
  const values = await x.data<'float32'>()
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return Buffer.concat([Buffer.from(`${x.shape.join('x')}\n`), bytes])
}

function notRead(dataset: Dataset, d: number): Dataset {
  const { source: _, ...rest } = dataset
  const read = () => {
    throw new Error('a split that was not encoded')
  }
  return { ...rest, shape: [d], read }
}

function sizeOf({ classes }: Dataset): number {
  return classes.reduce((sum, { size }) => sum + size, 0)
}

function checkKind({ encoder, kind }: EncodeJob): void {
  const takes = encoderCard(encoder)?.takes ?? kind
  if (takes === kind) return
  throw new KshotError('config/bad-value', {
    got: `the encoder ${encoderName(encoder)} on ${kind}`,
    expected: `an encoder of ${kind}: ${takes === 'texts' ? 'this one takes texts' : 'this one takes pictures'}`,
    remedy: 'See npx kshot ls encoders, and npx kshot ls datasets',
  })
}
