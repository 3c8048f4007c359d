import type { Backend, Encoder } from '@kshot/core'
import { loadedOnce, onBackend, prepareBackend } from '@kshot/core/backend'
import { dispose, tensor, tensor2d } from '@tensorflow/tfjs-core'
import { readFile, type TextEncoderOptions } from './file'
import { piecesOf } from './texts'
import type { Tokenizer } from './tokenizer'
import {
  DIMENSIONS,
  MOST_PIECES,
  type UniversalWeights,
  universalNet,
  weightShapes,
} from './universal-net'

export interface UniversalOptions extends TextEncoderOptions {
  /** Computes on this backend; the app's active backend stays as it is. Default: the active one. */
  readonly backend?: Backend
}

interface Universal {
  readonly tokenizer: Tokenizer
  readonly weights: UniversalWeights
}

/** So many pieces go through the net at once. */
const PIECES_AT_ONCE = 1024

/**
 * Turns English sentences into embeddings of length 1, `[n, 512]`: Universal Sentence Encoder lite (Cer et al. 2018,
 * arXiv:1803.11175). It reads the first 128 pieces of a text's first 10,000 characters; upper and lower
 * case differ.
 *
 * The first `encode` reads its 14 MB of weights.
 * @throws `text-encoder/bad-input` from `encode` for a non-text, an empty text, or half a character;
 * `text-encoder/unreadable`, `text-encoder/damaged` for its file
 * @example
 * const encoder = textEncoder()
 * const rows = await encoder.encode(['where is my parcel', 'cancel my order']) // [2, 512]
 */
export function textEncoder({ backend, ...options }: UniversalOptions = {}): Encoder<string> {
  const here = <T>(f: () => T): T => (backend ? onBackend(backend.name, f) : f())

  async function load(): Promise<Universal> {
    const url = new URL('../data/universal.safetensors', import.meta.url)
    const { tokenizer, weights } = await readFile('universal', url, weightShapes, options)
    if (backend) await prepareBackend(backend)
    const tensors = Object.entries(weights).map(
      ([name, { values, shape }]) => [name, here(() => tensor(values, [...shape]))] as const,
    )
    return { tokenizer, weights: Object.fromEntries(tensors) }
  }

  const file = loadedOnce(load, ({ weights }) => dispose({ ...weights }))

  return {
    spec: { package: '@kshot/text-encoder', export: 'textEncoder', options: {} },
    version: '1',
    dimensions: DIMENSIONS,
    async encode(inputs) {
      const { tokenizer, weights } = await file.get()
      const texts = piecesOf(inputs, tokenizer.encode).map((ids) => ids.slice(0, MOST_PIECES))
      const rows = new Float32Array(texts.length * DIMENSIONS)
      for (const group of byLength(texts)) {
        const own = group.map((i) => texts[i]!)
        const output = here(() => universalNet(weights, own))
        const values = await output.data()
        output.dispose()
        for (const [k, i] of group.entries()) {
          rows.set(values.subarray(k * DIMENSIONS, (k + 1) * DIMENSIONS), i * DIMENSIONS)
        }
      }
      return tensor2d(rows, [texts.length, DIMENSIONS])
    },
    dispose: file.dispose,
  }
}

/** Numbers of texts, in groups of one length and a bounded size. */
function byLength(texts: readonly (readonly number[])[]): number[][] {
  const groups = new Map<number, number[][]>()
  for (const [i, { length }] of texts.entries()) {
    const known = groups.get(length) ?? []
    const last = known.at(-1)
    if (last && (last.length + 1) * length <= PIECES_AT_ONCE) last.push(i)
    else known.push([i])
    groups.set(length, known)
  }
  return [...groups.values()].flat()
}
