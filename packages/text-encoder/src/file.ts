import {
  type ByteSource,
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
  { source, onProgress }: TextEncoderOptions,
): Promise<EncoderFile> {
  const own = { package: '@kshot/text-encoder', file: `${encoder}.safetensors`, url }
  const { weights, metadata } = decoded(own, await readPackageFile(own, { source, onProgress }))
  if (metadata.encoder !== encoder) {
    throw damagedFile(own, `the weights of ${metadata.encoder ?? 'something else'}`)
  }
  const { scores, ...others } = weights
  const pieces = JSON.parse(metadata.pieces!) as (string | null)[]
  return { tokenizer: tokenizer(pieces, scores!.values), weights: others }
}

function decoded(own: { readonly package: string; readonly file: string }, bytes: Uint8Array) {
  try {
    return decodeWeights(bytes)
  } catch (error) {
    throw damagedFile(own, isKshotError(error) ? error.got : String(error), error)
  }
}
