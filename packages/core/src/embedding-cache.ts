import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { tensor2d } from '@tensorflow/tfjs-core'
import { type Encoder, notAList } from './encoder'
import { KshotError } from './errors'
import { canonicalJson } from './spec'

/** Embeddings by key. A store may forget: missing embeddings are encoded again. */
export interface EmbeddingStore {
  get(key: string): Promise<Float32Array | undefined>
  set(key: string, embedding: Float32Array): Promise<void>
  /** Writes what is still buffered. */
  flush?(): Promise<void>
}

/** Keeps the most recently used embeddings in memory. */
export function memoryStore({
  entries = 10_000,
}: {
  readonly entries?: number
} = {}): EmbeddingStore {
  const kept = new Map<string, Float32Array>()
  const use = (key: string, embedding: Float32Array) => {
    // a Map keeps the order in which keys were put in: the first is the one not used for longest
    kept.delete(key)
    kept.set(key, embedding)
    if (kept.size > entries) kept.delete(kept.keys().next().value!)
  }
  return {
    async get(key) {
      const embedding = kept.get(key)
      if (embedding) use(key, embedding)
      return embedding
    },
    async set(key, embedding) {
      use(key, embedding)
    },
  }
}

/** Inputs that are looked up and encoded together. */
const BATCH = 64

/**
 * The same encoder, but it encodes no input twice while the store has its embedding. Inputs are identified by
 * SHA-256 of their content, under the encoder's spec and version; so a store may serve several encoders.
 * @throws `encoder/no-content` from `encode`, if an input is neither text nor bytes and the encoder
 * has no `content` function; `encoder/not-a-list` for a single input; and what the encoder throws
 * @example const encoder = cached(imageEncoder(), folderStore('cache/embeddings'))
 */
export function cached<Input>(
  encoder: Encoder<Input>,
  store: EmbeddingStore = memoryStore(),
): Encoder<Input> {
  const { dimensions } = encoder
  const keyOf = keysOf(encoder)
  return {
    ...encoder,
    async encode(inputs) {
      if (!Array.isArray(inputs)) throw notAList()
      const rows = new Float32Array(inputs.length * dimensions)
      for (let from = 0; from < inputs.length; from += BATCH) {
        const batch = inputs.slice(from, from + BATCH)
        const keys = await Promise.all(batch.map(keyOf))
        const byKey = new Map(keys.map((key, i) => [key, batch[i]!]))
        const embeddings = await embeddingsOf(byKey, encoder, store)
        keys.forEach((key, i) => {
          rows.set(embeddings.get(key)!, (from + i) * dimensions)
        })
      }
      return tensor2d(rows, [inputs.length, dimensions])
    },
  }
}

/** The embeddings of inputs by key: those of the store, and the others encoded and kept. */
async function embeddingsOf<Input>(
  inputs: ReadonlyMap<string, Input>,
  encoder: Encoder<Input>,
  store: EmbeddingStore,
): Promise<ReadonlyMap<string, Float32Array>> {
  const found = await stored([...inputs.keys()], encoder, store)
  const missing = [...inputs.keys()].filter((key) => !found.has(key))
  if (missing.length === 0) return found
  const { dimensions } = encoder
  const encoded = await encoder.encode(missing.map((key) => inputs.get(key)!))
  const values = (await encoded.data()) as Float32Array
  encoded.dispose()
  for (const [i, key] of missing.entries()) {
    const embedding = values.slice(i * dimensions, (i + 1) * dimensions)
    found.set(key, embedding)
    await store.set(key, embedding)
  }
  return found
}

/** What a store has of these keys, if it is whole. */
async function stored(
  keys: readonly string[],
  { dimensions }: Encoder<never>,
  store: EmbeddingStore,
): Promise<Map<string, Float32Array>> {
  const all = await Promise.all(keys.map(async (key) => [key, await store.get(key)] as const))
  const found = new Map<string, Float32Array>()
  for (const [key, embedding] of all) {
    const whole = embedding?.length === dimensions && embedding.every(Number.isFinite)
    if (whole) found.set(key, embedding)
  }
  return found
}

/** The key of an input: the SHA-256 of its content, under the encoder's spec and version. */
function keysOf<Input>(encoder: Encoder<Input>): (input: Input) => Promise<string> {
  const { spec, version } = encoder
  const prefix = utf8ToBytes(`${canonicalJson({ spec, version })}\n`)
  return async (input) => {
    const hash = sha256.create().update(prefix)
    return bytesToHex(hash.update(await contentOf(encoder, input)).digest())
  }
}

async function contentOf<Input>(encoder: Encoder<Input>, input: Input): Promise<Uint8Array> {
  if (encoder.content) return encoder.content(input)
  if (typeof input === 'string') return bytesOfText(input)
  if (input instanceof Uint8Array) return input
  throw new KshotError('encoder/no-content', {
    got: `an input of ${encoder.spec.export} that is neither text nor bytes`,
    expected: 'an encoder with a content function',
    remedy: 'Add content: (input) => Promise<Uint8Array>',
  })
}

/** UTF-8; for a text with half a character, which UTF-8 lacks, its UTF-16 behind a byte that UTF-8 lacks too. */
function bytesOfText(text: string): Uint8Array {
  if (!/\p{Surrogate}/u.test(text)) return utf8ToBytes(text)
  const units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
  const bytes = new Uint8Array(units.buffer)
  const marked = new Uint8Array(bytes.length + 1)
  marked[0] = 0xff
  marked.set(bytes, 1)
  return marked
}
