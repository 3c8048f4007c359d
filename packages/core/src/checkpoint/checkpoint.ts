import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'
import type { Json } from '../spec'
import type { Params } from '../tree'
import * as tree from '../tree'
import { requireBackend } from '../use-backend'
import { asBytes } from './as-bytes'
import { damaged } from './damaged'
import { checkJson } from './json'
import { type DType, decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors'
import { checkSeal, seal, unsealed } from './seal'
import { parseStrictJson } from './strict-json'
import { type NamedTensor, putTogether, takeApart } from './structure'

/** Trees of tensors by name, and a JSON document that describes them. */
export interface Checkpoint {
  readonly trees: { readonly [name: string]: Params }
  readonly json: Json
}

const FORMAT = 1
const ARRAY = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } satisfies Record<
  DType,
  unknown
>

/**
 * A checkpoint as the bytes of a safetensors file; the same values give the same bytes.
 *
 * Tensors are named by their path, for example `params/blocks/0/filter`. The metadata `kshot` holds the
 * document and the structure of the trees, `kshot.crc32` a checksum of the whole file.
 * The trees are borrowed: keep them until the promise is settled.
 * @throws `checkpoint/not-json`, `checkpoint/bad-tensor`
 * @example const bytes = await encodeCheckpoint({ trees: { params }, json: { learner: learner.spec } })
 */
export async function encodeCheckpoint({
  trees,
  json,
}: Checkpoint): Promise<Uint8Array<ArrayBuffer>> {
  checkJson(json)
  const { structure, tensors } = takeApart(trees)
  const kshot = JSON.stringify({ format: FORMAT, json, trees: structure })
  const stored = await Promise.all(tensors.map(readBack))
  return seal(encodeSafetensors(stored, { ...unsealed, kshot }))
}

/**
 * The trees and the document of a checkpoint. The tensors are the caller's.
 * @throws `checkpoint/damaged` saying where; `checkpoint/newer-format`; `core/bad-input` for what is no bytes;
 * `core/no-backend`
 * @example const { trees, json } = decodeCheckpoint(bytes)
 */
export function decodeCheckpoint(saved: Uint8Array | ArrayBuffer): Checkpoint {
  const bytes = asBytes(saved)
  const { tensors, metadata } = decodeSafetensors(bytes)
  checkSeal(bytes)
  const { json, trees } = parseDocument(metadata.kshot)
  return { json, trees: tree.tidy(() => restore(trees, tensors)) }
}

/**
 * The document of a checkpoint alone, which needs no backend.
 * @throws `checkpoint/damaged`, `checkpoint/newer-format`
 */
export function documentIn(bytes: Uint8Array): Json {
  const { metadata } = decodeSafetensors(bytes)
  checkSeal(bytes)
  return parseDocument(metadata.kshot).json
}

interface Document {
  readonly format: number
  readonly json: Json
  readonly trees: { readonly [name: string]: unknown }
}

function parseDocument(text: string | undefined): Document {
  if (text === undefined) throw damaged("no 'kshot' in the metadata", 'a checkpoint of kshot')
  let document: Partial<Document>
  try {
    document = parseStrictJson(text) as Document
  } catch (error) {
    throw damaged("'kshot' in the metadata", 'JSON', error)
  }
  const { format, json, trees } = document ?? {}
  if (typeof format === 'number' && format > FORMAT) throw newerFormat(format)
  const record = typeof trees === 'object' && trees !== null && !Array.isArray(trees)
  if (format === FORMAT && json !== undefined && record) return { format, json, trees }
  throw damaged("'kshot' in the metadata", '{ format, json, trees }')
}

function restore(structure: Document['trees'], stored: readonly StoredTensor[]) {
  const left = new Map(stored.map((one) => [one.path, one]))
  const trees = putTogether(structure, (name) => {
    const found = left.get(name)
    if (!found) throw damaged(`no tensor '${name}'`, 'each tensor of its trees, once')
    left.delete(name)
    return toTensor(found)
  })
  const [extra] = left.keys()
  if (extra !== undefined) throw damaged(`the tensor '${extra}'`, 'no tensor outside its trees')
  return trees as { readonly [name: string]: Params }
}

// Typed arrays have the byte order of the machine; every machine that JavaScript runs on is
// little-endian, as the format is.
async function readBack([path, value]: NamedTensor): Promise<StoredTensor> {
  const { dtype, shape } = value
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
    throw new KshotError('checkpoint/bad-tensor', {
      got: `'${path}' of type ${dtype}`,
      expected: 'float32, int32 or bool',
      remedy: 'Cast the tensor, or leave it out',
    })
  }
  const read = await value.data()
  // Some kernels of the CPU backend keep integers in an array of floats.
  const data = read instanceof ARRAY[dtype] ? read : ARRAY[dtype].from(read)
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return { path, shape, dtype, bytes }
}

function toTensor({ path, bytes, shape, dtype }: StoredTensor): Tensor {
  if (dtype === 'float16' || dtype === 'int8') {
    throw damaged(`'${path}' of type ${dtype}`, 'float32, int32 or bool in a checkpoint')
  }
  // A copy: the tensor lives longer than the file, and a typed array must begin at a multiple of 4.
  // Not by slice(), which copies nothing of a Node Buffer.
  const { buffer } = new Uint8Array(bytes)
  requireBackend()
  return tensor(new ARRAY[dtype](buffer), [...shape], dtype)
}

function newerFormat(format: number): KshotError {
  return new KshotError('checkpoint/newer-format', {
    got: `a checkpoint of format ${format}`,
    expected: `format ${FORMAT}`,
    remedy: 'Update @kshot/core',
  })
}
