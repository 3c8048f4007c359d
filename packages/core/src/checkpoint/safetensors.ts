import { KshotError } from '../errors'
import { damaged } from './damaged'
import { parseStrictJson } from './strict-json'

/** The number types of TensorFlow.js tensors. */
export type DType = 'float32' | 'int32' | 'bool'

/** The number types in files: frozen weights are also stored in fewer bits. */
export type StoredType = DType | 'float16' | 'int8'

/** One tensor as bytes: little-endian, row-major; a bool is a byte of 0 or 1. */
export interface StoredTensor {
  readonly path: string
  readonly shape: readonly number[]
  readonly dtype: StoredType
  readonly bytes: Uint8Array
}

const FORMAT = { float32: 'F32', int32: 'I32', float16: 'F16', int8: 'I8', bool: 'BOOL' } as const
const WIDTH = { float32: 4, int32: 4, float16: 2, int8: 1, bool: 1 } as const
const METADATA = '__metadata__'
/** Bytes that say how long the header is. */
export const PREFIX = 8

/** No header may be longer: it is parsed before the checksum is known. */
export const MAX_HEADER = 2 ** 26

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [begin: number, end: number]
}

/**
 * Packs tensors and texts into one safetensors file; the same input in any order gives the same bytes.
 *
 * Layout: the header's length (8 bytes, little-endian), the header (JSON, padded with spaces to a
 * multiple of 8), the tensors, the widest first so that each is aligned, then by name.
 * https://huggingface.co/docs/safetensors
 * @throws `checkpoint/bad-tensor` for a duplicate name, or bytes that don't fit a shape.
 * @example encodeSafetensors([{ path: 'w', shape: [2], dtype: 'float32', bytes }], { made: 'here' })
 */
export function encodeSafetensors(
  tensors: readonly StoredTensor[],
  metadata: { readonly [name: string]: string } = {},
): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].sort(
    (a, b) => WIDTH[b.dtype] - WIDTH[a.dtype] || (a.path < b.path ? -1 : 1),
  )
  const names = new Set([METADATA])
  let end = 0
  const entries = sorted.map((tensor) => {
    checkTensor(tensor, names)
    names.add(tensor.path)
    const begin = end
    end += tensor.bytes.length
    const { dtype, shape } = tensor
    return [tensor.path, { dtype: FORMAT[dtype], shape, data_offsets: [begin, end] }] as const
  })
  return assemble(headerBytes(metadata, entries), sorted, end)
}

function headerBytes(
  metadata: { readonly [name: string]: string },
  entries: readonly (readonly [string, unknown])[],
): Uint8Array {
  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))
  // Not by way of an object, which would put names like '10' first.
  const pair = ([name, value]: readonly [string, unknown]) =>
    `${JSON.stringify(name)}:${JSON.stringify(value)}`
  const first = texts.length > 0 ? [`"${METADATA}":{${texts.map(pair).join(',')}}`] : []
  const header = new TextEncoder().encode(`{${[...first, ...entries.map(pair)].join(',')}}`)
  if (header.length > MAX_HEADER) throw tooLong(header.length)
  const padded = new Uint8Array(Math.ceil(header.length / 8) * 8).fill(0x20)
  padded.set(header)
  return padded
}

function tooLong(length: number): KshotError {
  return new KshotError('checkpoint/bad-tensor', {
    got: `names and texts of ${length} bytes`,
    expected: `at most ${MAX_HEADER}: no file with more could be read`,
    remedy: 'Keep what is large, such as pictures, in files of its own',
  })
}

function assemble(
  header: Uint8Array,
  tensors: readonly StoredTensor[],
  size: number,
): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(PREFIX + header.length + size)
  new DataView(file.buffer).setUint32(0, header.length, true)
  file.set(header, PREFIX)
  let at = PREFIX + header.length
  for (const { bytes } of tensors) {
    file.set(bytes, at)
    at += bytes.length
  }
  return file
}

function checkTensor({ path, shape, dtype, bytes }: StoredTensor, names: Set<string>): void {
  const wanted = byteLength(shape, dtype)
  if (!names.has(path) && bytes.length === wanted) return
  throw new KshotError('checkpoint/bad-tensor', {
    got: names.has(path)
      ? `the name '${path}', which is taken`
      : `'${path}' with ${bytes.length} bytes`,
    expected: `a unique name for each tensor, and ${wanted} bytes for [${shape}] of ${dtype}`,
    remedy: 'Rename the tensor, or correct its shape',
  })
}

function byteLength(shape: readonly number[], dtype: StoredType): number {
  return shape.reduce((size, n) => size * n, WIDTH[dtype])
}

/**
 * The tensors and texts of a safetensors file, in the order of their bytes. Nothing is copied: the
 * bytes of a tensor are a view of the file.
 * @throws `checkpoint/damaged` for anything that the format does not allow, saying where
 */
export function decodeSafetensors(file: Uint8Array): {
  tensors: StoredTensor[]
  metadata: { readonly [name: string]: string }
} {
  const length = headerLength(file, file.length)
  const { [METADATA]: metadata = {}, ...entries } = parseHeader(file, length)
  if (!isRecord(metadata) || !Object.values(metadata).every((text) => typeof text === 'string')) {
    throw damaged(`'${METADATA}' in the header`, 'an object of texts')
  }
  const data = file.subarray(PREFIX + length)
  const tensors = Object.entries(entries).map(([path, entry]) => storedTensor(path, entry, data))
  checkCoverage(tensors, data)
  return { tensors, metadata: metadata as { readonly [name: string]: string } }
}

/**
 * The length of the header, without the 8 bytes that it is written in.
 * @param size of the file, whose beginning is enough
 * @throws `checkpoint/damaged`
 */
export function headerLength(file: Uint8Array, size: number): number {
  if (file.length < PREFIX) {
    throw damaged(`${file.length} bytes in all`, 'at least the 8 bytes of the header length')
  }
  const view = new DataView(file.buffer, file.byteOffset, PREFIX)
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32
  const most = Math.min(MAX_HEADER, size - PREFIX)
  if (length <= most) return length
  throw damaged(`a header of ${length} bytes at byte 0`, `at most ${most} bytes in this file`)
}

function parseHeader(file: Uint8Array, length: number): Record<string, unknown> {
  const bytes = file.subarray(PREFIX, PREFIX + length)
  try {
    if (bytes[0] !== 0x7b) throw new SyntaxError("it does not begin with '{'")
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return parseStrictJson(text) as Record<string, unknown>
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw damaged(`the header of ${length} bytes (${reason})`, 'JSON without duplicates', error)
  }
}

function storedTensor(path: string, entry: unknown, data: Uint8Array): StoredTensor {
  if (!isEntry(entry)) {
    throw damaged(`the entry of '${path}' in the header`, '{ dtype, shape, data_offsets }')
  }
  const dtype = (Object.keys(FORMAT) as StoredType[]).find((key) => FORMAT[key] === entry.dtype)
  if (!dtype) {
    throw damaged(`'${path}' of type ${entry.dtype}`, `one of ${Object.values(FORMAT).join(', ')}`)
  }
  const { shape, data_offsets: range } = entry
  const wanted = byteLength(shape, dtype)
  const [begin, end] = range
  if (!(end <= data.length && end - begin === wanted)) {
    const expected = `${wanted} bytes for [${shape}] of ${dtype}, within ${data.length}`
    throw damaged(`'${path}' at bytes ${begin} to ${end} of the data`, expected)
  }
  const bytes = data.subarray(begin, end)
  if (dtype === 'bool' && bytes.some((byte) => byte > 1)) {
    throw damaged(`a byte above 1 in '${path}'`, 'bytes of 0 and 1, since its type is BOOL')
  }
  return { path, shape, dtype, bytes }
}

/** Every byte of the data belongs to one tensor. Sorts the tensors by position. */
function checkCoverage(tensors: StoredTensor[], data: Uint8Array): void {
  const position = ({ bytes }: StoredTensor) => bytes.byteOffset - data.byteOffset
  tensors.sort((a, b) => position(a) - position(b) || a.bytes.length - b.bytes.length)
  let at = 0
  for (const tensor of tensors) {
    const begin = position(tensor)
    if (begin !== at) {
      const fault = begin > at ? 'a hole' : 'an overlap'
      throw damaged(`${fault} before '${tensor.path}' at byte ${begin} of the data`, `byte ${at}`)
    }
    at += tensor.bytes.length
  }
  if (at !== data.length) {
    throw damaged(`${data.length - at} bytes after the last tensor`, 'the end of the file')
  }
}

function isEntry(value: unknown): value is Entry {
  if (!isRecord(value) || Object.keys(value).length !== 3) return false
  const { dtype, shape, data_offsets: range } = value
  return typeof dtype === 'string' && isSizes(shape) && isSizes(range) && range.length === 2
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
