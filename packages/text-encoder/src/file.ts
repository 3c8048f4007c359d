import {
  type ByteSource,
  checkWeights,
  damagedFile,
  decodeWeights,
  type FrozenWeight,
  isKshotError,
  readPackageFile,
} from '@kshot/core'
import { type Tokenizer, tokenizer } from './tokenizer'

export interface TextEncoderOptions {
  /** The location of the weights, or their bytes. Default: the copy inside this package. */
  readonly source?: ByteSource
  /** Called while weights arrive over the network; `total` if the server states it. */
  readonly onProgress?: (loaded: number, total: number | undefined) => void
}

/** The shape of each weight by its name. */
export type Shapes = { readonly [name: string]: readonly number[] }

/** What an encoder's file holds. */
export interface EncoderFile {
  readonly tokenizer: Tokenizer
  readonly weights: { readonly [name: string]: FrozenWeight }
}

/**
 * Reads an encoder's file: its weights, and the pieces that texts are split into.
 * @throws `text-encoder/unreadable`, `text-encoder/damaged`
 */
export async function readFile(
  encoder: 'universal' | 'static',
  url: URL,
  shapes: Shapes,
  { source, onProgress }: TextEncoderOptions,
): Promise<EncoderFile> {
  const own = { package: '@kshot/text-encoder', file: `${encoder}.safetensors`, url }
  const bytes = await readPackageFile(own, { source, onProgress })
  const { weights, metadata } = orDamaged(own, () => decodeWeights(bytes))
  if (metadata.encoder !== encoder) {
    throw damagedFile(own, `the weights of ${metadata.encoder ?? 'something else'}`)
  }
  orDamaged(own, () => checkWeights(weights, shapes))
  const { scores, ...others } = weights
  const pieces = piecesIn(metadata.pieces)
  if (!scores || pieces?.length !== scores.values.length) {
    throw damagedFile(own, 'other pieces than it has scores')
  }
  return { tokenizer: tokenizer(pieces, scores.values), weights: others }
}

function piecesIn(text: string | undefined): (string | null)[] | undefined {
  try {
    const pieces: unknown = JSON.parse(text!)
    const isPiece = (piece: unknown) => piece === null || typeof piece === 'string'
    return Array.isArray(pieces) && pieces.every(isPiece) ? pieces : undefined
  } catch {
    return undefined
  }
}

function orDamaged<T>(own: { readonly package: string; readonly file: string }, f: () => T): T {
  try {
    return f()
  } catch (error) {
    throw damagedFile(own, isKshotError(error) ? error.got : String(error), error)
  }
}
