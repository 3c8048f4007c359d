import { type Tensor, tensor } from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'
import { isTensor } from '../tree'

/** Any plain value with tensors in it, as it goes to another thread: the numbers lie in shared memory. */
export interface Packed {
  /** The value with `{ 'kshot:tensor': i }` instead of tensor number i. */
  readonly form: unknown
  readonly entries: readonly Entry[]
  /** At least so long. */
  readonly bytes: number
  readonly buffer: SharedArrayBuffer
}

interface Entry {
  readonly shape: number[]
  readonly dtype: keyof typeof BYTES
  /** In bytes. */
  readonly offset: number
}

const MARK = 'kshot:tensor'
const ALIGNMENT = 16
const BYTES = { float32: 4, int32: 4, bool: 1 }

/** Shared memory of at least so many bytes. */
export type Space = (bytes: number) => SharedArrayBuffer

/**
 * Copies the tensors of a value into shared memory.
 * @throws `workers/bad-dtype` for tensors of strings and complex numbers
 */
export async function pack(value: unknown, space: Space): Promise<Packed> {
  const tensors: Tensor[] = []
  const form = withoutTensors(value, tensors)
  let bytes = 0
  const entries = tensors.map((tensor): Entry => {
    const dtype = checkedType(tensor)
    const offset = bytes
    bytes = aligned(offset + tensor.size * BYTES[dtype])
    return { shape: tensor.shape, dtype, offset }
  })
  const buffer = space(bytes)
  await Promise.all(
    tensors.map(async (tensor, i) => view(buffer, entries[i]!).set(await tensor.data())),
  )
  return { form, entries, bytes, buffer }
}

/** The value again, with tensors of this thread. The caller disposes of them. */
export function unpack({ form, entries, buffer }: Packed): unknown {
  // Copied: a backend may keep the array that it is given, and the memory is used again.
  return withTensors(form, (i) => {
    const { shape, dtype } = entries[i]!
    return tensor(view(buffer, entries[i]!).slice(), shape, dtype)
  })
}

function withoutTensors(value: unknown, found: Tensor[]): unknown {
  if (isTensor(value)) return { [MARK]: found.push(value) - 1 }
  return mapped(value, (inner) => withoutTensors(inner, found))
}

function withTensors(value: unknown, tensorAt: (i: number) => Tensor): unknown {
  if (isPlain(value) && MARK in value) return tensorAt(value[MARK] as number)
  return mapped(value, (inner) => withTensors(inner, tensorAt))
}

/** Lists and plain records by their parts, all else as it is. */
function mapped(value: unknown, f: (inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(f)
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, f(inner)]))
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function view(buffer: SharedArrayBuffer, { shape, dtype, offset }: Entry) {
  const size = shape.reduce((product, side) => product * side, 1)
  if (dtype === 'float32') return new Float32Array(buffer, offset, size)
  return dtype === 'int32'
    ? new Int32Array(buffer, offset, size)
    : new Uint8Array(buffer, offset, size)
}

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT

function checkedType({ dtype }: Tensor): Entry['dtype'] {
  if (dtype in BYTES) return dtype as Entry['dtype']
  throw new KshotError('workers/bad-dtype', {
    got: `a tensor of ${dtype}`,
    expected: `tensors of ${Object.keys(BYTES).join(', ')}`,
    remedy: 'Convert it to numbers before sending it to a worker',
  })
}
