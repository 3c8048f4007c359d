import type { Encoder } from '@kshot/core'
import { loadedOnce } from '@kshot/core/backend'
import { tensor2d } from '@tensorflow/tfjs-core'
import { readFile, type TextEncoderOptions } from './file'

import { piecesOf } from './texts'

/** The length of an embedding. */
const DIMENSIONS = 256
const PIECES = 10_930
const SHAPES = { rows: [PIECES, DIMENSIONS], scores: [PIECES] }

/**
 * Turns English sentences into embeddings of length 1, `[n, 256]`, without a network: the mean of a vector per word or
 * piece of one, distilled from `textEncoder()` (after model2vec, Tulkens & van Dongen 2024). Neither the order
 * of words nor upper case counts; it reads a text's first 10,000 characters.
 *
 * A sentence takes microseconds on any machine; for accuracies, see the README.
 * @throws `text-encoder/bad-input` from `encode` for a non-text, an empty text, or half a character;
 * `text-encoder/unreadable`, `text-encoder/damaged` for its file
 * @example
 * const encoder = staticTextEncoder()
 * const rows = await encoder.encode(['where is my parcel', 'cancel my order']) // [2, 256]
 */
export function staticTextEncoder(options: TextEncoderOptions = {}): Encoder<string> {
  const url = new URL('../data/static.safetensors', import.meta.url)
  const file = loadedOnce(
    () => readFile('static', url, SHAPES, options),
    () => {},
  )
  return {
    spec: { package: '@kshot/text-encoder', export: 'staticTextEncoder', options: {} },
    version: '1',
    dimensions: DIMENSIONS,
    async encode(inputs) {
      const { tokenizer, weights } = await file.get()
      const ids = piecesOf(inputs, (text) => tokenizer.encode(text.toLowerCase()))
      const rows = new Float32Array(ids.length * DIMENSIONS)
      for (const [i, pieces] of ids.entries()) {
        writeMean(weights.rows!.values, pieces, rows.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS))
      }
      return tensor2d(rows, [ids.length, DIMENSIONS])
    },
    dispose: file.dispose,
  }
}

/** The mean of the rows of `ids`, scaled to length 1, into `target`; zeros where they cancel. */
function writeMean(rows: Float32Array, ids: readonly number[], target: Float32Array): void {
  for (const id of ids) {
    const start = id * DIMENSIONS
    for (let k = 0; k < DIMENSIONS; k++) target[k]! += rows[start + k]!
  }
  let squares = 0
  for (const value of target) squares += value * value
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
  for (let k = 0; k < DIMENSIONS; k++) target[k]! *= scale
}
