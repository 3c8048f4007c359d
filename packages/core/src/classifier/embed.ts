import { type Tensor, Tensor as TensorClass } from '@tensorflow/tfjs-core'
import type { Encoder } from '../encoder'
import { KshotError } from '../errors'

/** An example as the head sees it: an embedding `[d]`, or the values of a tensor `[...shape]`. */
export interface Encoded {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Encodes inputs of an app, in their order. */
export type Embed<Input> = (inputs: readonly Input[]) => Promise<Encoded[]>

/** Rows of an encoder. Its own errors say what is wrong with an input. */
export function byEncoder<Input>(encoder: Encoder<Input>): Embed<Input> {
  return async (inputs) => {
    if (inputs.length === 0) return []
    const rows = await encoder.encode(inputs)
    try {
      const d = rows.shape[1]
      const values = await rows.data<'float32'>()
      if (!values.every(Number.isFinite)) throw notFinite(firstOdd(values), ' in an embedding')
      return inputs.map((_, i) => ({ shape: [d], values: values.slice(i * d, (i + 1) * d) }))
    } finally {
      rows.dispose()
    }
  }
}

/**
 * Tensors as they are, `[...shape]` or `[1, ...shape]`. Whole numbers of a picture, 0 … 255 as of
 * `tf.browser.fromPixels`, become fractions, as nets are trained on.
 */
export function asTensors(shapeOf: () => readonly number[] | undefined): Embed<Tensor> {
  return async (inputs) => {
    // Read at once: the caller may dispose of them when this call has returned its promise.
    return Promise.all(inputs.map((x) => readTensor(x, shapeOf())))
  }
}

async function readTensor(x: Tensor, known: readonly number[] | undefined): Promise<Encoded> {
  checkTensor(x)
  const shape = singleShape(x, known)
  const isPicture = x.dtype === 'int32' && shape.length === 3
  const read = await x.data()
  const values = isPicture ? Float32Array.from(read, (v) => v / 255) : Float32Array.from(read)
  const odd = values.find((v) => !(Math.abs(v) <= LARGEST))
  if (odd !== undefined) throw notFinite(odd, ' in a tensor')
  return { shape, values }
}

/** Squares of what is larger overflow in float32. */
const LARGEST = 1e15

function checkTensor(x: unknown): asserts x is Tensor {
  if (!(x instanceof TensorClass)) {
    throw badInput(kindOf(x), 'a tensor', 'Pass a tensor, or give the classifier an encoder')
  }
  if (x.isDisposed)
    throw badInput('a disposed tensor', 'a tensor', 'Dispose of it only after the call')
  if (!['float32', 'int32', 'bool'].includes(x.dtype)) {
    throw badInput(`a tensor of ${x.dtype}`, 'float32, int32 or bool', 'Cast it: x.toFloat()')
  }
  if (x.size === 0) {
    throw badInput(`a tensor of shape [${x.shape}]`, 'one example', 'Pass one that is not empty')
  }
}

/** `[...shape]` for `[...shape]` and `[1, ...shape]`. */
function singleShape({ shape, rank }: Tensor, known: readonly number[] | undefined): number[] {
  const batched = known ? rank === known.length + 1 : shape[0] === 1 && rank > 1
  if (batched && shape[0] !== 1) {
    throw badInput(
      `a batch of shape [${shape.join(', ')}]`,
      `one example: [${shape.slice(1).join(', ')}], or [1, ${shape.slice(1).join(', ')}]`,
      'Pass several examples as a list, to addExamples or predictMany',
    )
  }
  return batched ? shape.slice(1) : [...shape]
}

function kindOf(x: unknown): string {
  if (x === null || x === undefined) return String(x)
  return typeof x === 'object' ? (x.constructor?.name ?? 'an object') : typeof x
}

function firstOdd(values: Float32Array): number {
  return values.find((v) => !Number.isFinite(v))!
}

function notFinite(value: number, where: string): KshotError {
  return badInput(`${value}${where}`, 'finite numbers', 'Check how the input was computed')
}

function badInput(got: string, expected: string, remedy: string): KshotError {
  return new KshotError('core/bad-input', { got, expected, remedy })
}
