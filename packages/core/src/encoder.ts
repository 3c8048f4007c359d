import { type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core'
import { customEncoderOptions } from './encoder-options'
import { KshotError } from './errors'
import { checkOptions } from './options/check-options'
import type { Spec } from './spec'
import { isTensor } from './tree'

/**
 * A pre-trained network that never changes: it turns raw inputs, such as pictures or
 * sentences, into embeddings for few-shot learners.
 *
 * Building one costs nothing; its weights are read once, by the first `encode`.
 */
export interface Encoder<Input = unknown> {
  /** How to rebuild it; part of the spec of every learner that uses it. */
  readonly spec: Spec
  /** Differs whenever the same input gives different numbers; part of the key of every cache. */
  readonly version: string
  /** The length d of an embedding. */
  readonly dimensions: number
  /**
   * The embeddings of any number of inputs, `[n, d]`, in order; for no input, `[0, d]`. A row does
   * not depend on the other inputs. The caller disposes of the tensor.
   */
  encode(inputs: readonly Input[]): Promise<Tensor2D>
  /** The bytes that an input's embedding depends on, for caches. Default: texts and bytes themselves. */
  content?(input: Input): Promise<Uint8Array>
  /** Frees the weights. A later `encode` reads them again. */
  dispose(): void
}

/** An encoder of any input type, for code that names but doesn't call it. */
export type AnyEncoder = Encoder<never>

/** Rows of numbers, in any form that libraries return. */
export type Rows = Tensor2D | readonly ArrayLike<number>[]

export interface CustomEncoderOptions<Input> {
  /** Names the network in specs, for example `Xenova/all-MiniLM-L6-v2`. */
  readonly name: string
  readonly dimensions: number
  /** Default `1`. */
  readonly version?: string
  /** Returns one row per input. Needed only for encoding, not for training on a checkpoint. */
  readonly encode?: (inputs: readonly Input[]) => Rows | Promise<Rows>
  /** Identifies inputs for caches, if they are neither texts nor bytes. */
  readonly content?: (input: Input) => Promise<Uint8Array>
  readonly dispose?: () => void
}

/**
 * An encoder from a function of your own: another library's model, an HTTP API, a tfjs model.
 * @throws `encoder/bad-option`; `encoder/bad-output` from `encode`, unless it gets n rows of d finite numbers;
 * `encoder/not-a-list` for a single input; `encoder/no-function`, if it was built from a spec, which
 * contains no function
 * @example
 * const encoder = customEncoder({
 *   name: 'Xenova/all-MiniLM-L6-v2',
 *   dimensions: 384,
 *   encode: async (texts: readonly string[]) =>
 *     (await extract([...texts], { pooling: 'mean', normalize: true })).tolist(),
 * })
 */
export function customEncoder<Input>({
  encode,
  content,
  dispose = () => {},
  ...given
}: CustomEncoderOptions<Input>): Encoder<Input> {
  checkOptions('encoder/bad-option', 'customEncoder', customEncoderOptions, given)
  const { name, dimensions, version = '1' } = given
  const options = { name, dimensions, version }
  return {
    spec: { package: '@kshot/core', export: 'customEncoder', options },
    version,
    dimensions,
    async encode(inputs) {
      if (!encode) throw noFunction(name)
      if (!Array.isArray(inputs)) throw notAList()
      return toRows(
        name,
        inputs.length === 0 ? [] : await encode(inputs),
        inputs.length,
        dimensions,
      )
    },
    ...(content && { content }),
    dispose,
  }
}

async function toRows(name: string, rows: Rows, n: number, d: number): Promise<Tensor2D> {
  if (isTensor(rows) && typeof rows.data === 'function') return checkedTensor(name, rows, n, d)
  if (!Array.isArray(rows) || !rows.every(isNumbers)) {
    throw badOutput(name, 'neither a tensor nor lists of numbers', n, d)
  }
  const odd = rows.find((row) => row.length !== d)
  if (rows.length !== n || odd) {
    throw badOutput(name, shapeText([rows.length, odd?.length ?? d]), n, d)
  }
  const values = new Float32Array(n * d)
  rows.forEach((row, i) => {
    values.set(row, i * d)
  })
  if (!values.every(Number.isFinite)) throw badOutput(name, 'numbers that are not finite', n, d)
  return tensor2d(values, [n, d])
}

async function checkedTensor(name: string, rows: Tensor, n: number, d: number): Promise<Tensor2D> {
  if (rows.isDisposed) throw badOutput(name, 'a disposed tensor', n, d)
  const { dtype, rank, shape } = rows
  const right = rank === 2 && shape[0] === n && shape[1] === d && dtype !== 'string'
  if (right && (await rows.data()).every(Number.isFinite)) return rows as Tensor2D
  rows.dispose()
  throw badOutput(
    name,
    right ? 'numbers that are not finite' : `${shapeText(shape)} of ${dtype}`,
    n,
    d,
  )
}

/** A list or a typed array of numbers; texts and big integers would become others. */
function isNumbers(row: unknown): row is ArrayLike<number> {
  if (row instanceof Float32Array || row instanceof Float64Array) return true
  const isList = Array.isArray(row) || ArrayBuffer.isView(row)
  return isList && Array.from(row as ArrayLike<unknown>).every((x) => typeof x === 'number')
}

function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}

/** @internal */
export function notAList(): KshotError {
  return new KshotError('encoder/not-a-list', {
    got: 'a single input',
    expected: 'a list of inputs',
    remedy: 'Put it in a list: encode([input])',
  })
}

function noFunction(name: string): KshotError {
  return new KshotError('encoder/no-function', {
    got: `inputs for the encoder '${name}', which was built from its spec`,
    expected: 'an encoder with an encode function',
    remedy: `Pass customEncoder({ name: '${name}', …, encode }) instead`,
  })
}

function badOutput(name: string, got: string, n: number, d: number): KshotError {
  return new KshotError('encoder/bad-output', {
    got: `${got} from the encoder '${name}'`,
    expected: `[${n}, ${d}] finite numbers: a row of ${d} for each input`,
    remedy: 'Check what its function returns',
  })
}
