import {
  BatchNormPool,
  BatchNormPoolGrad,
  BatchNormPoolGradGrad,
  BatchNormTrain,
  type BatchNormTrainAttrs,
  BatchNormTrainGrad,
  BatchNormTrainGradGrad,
} from '@kshot/core/backend'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Call, Kernels } from './kernel'
import type { Native } from './native'

type Inputs = { readonly [name: string]: TensorInfo }

/** What tells batch norm with a max-pool after it from batch norm alone. */
interface Form {
  readonly forward: 'batchNorm' | 'batchNormPool'
  /** The sizes of one group of x but the channels, as the functions take them. */
  sizes(rows: readonly number[]): readonly number[]
  /** The shape of y where x has this one. */
  result(shape: readonly number[]): readonly number[]
}

const plain: Form = {
  forward: 'batchNorm',
  sizes: (rows) => [util.sizeFromShape([...rows])],
  result: (shape) => shape,
}

const pooled: Form = {
  forward: 'batchNormPool',
  sizes: (rows) => rows,
  result: (shape) => {
    const side = (axis: number) => Math.floor(shape.at(axis)! / 2)
    return [...shape.slice(0, -3), side(-3), side(-2), shape.at(-1)!]
  },
}

/** Batch norm with the statistics of the batch and its two derivatives, a call of ours each. */
export const batchNorms: Kernels = {
  [BatchNormTrain]: (native) => (call) => forward(native, plain, call),
  [BatchNormTrainGrad]: (native) => (call) => backward(native, plain, call),
  [BatchNormTrainGradGrad]: (native) => (call) => twice(native, plain, call),
  [BatchNormPool]: (native) => (call) => forward(native, pooled, call),
  [BatchNormPoolGrad]: (native) => (call) => backward(native, pooled, call),
  [BatchNormPoolGradGrad]: (native) => (call) => twice(native, pooled, call),
}

function forward(native: Native, form: Form, call: Call): TensorInfo[] {
  const { inputs, shape, channels, sizes, c, rest } = read(native, form, call)
  const outputs = [native.output(form.result(shape)), channels(), channels()]
  const room = native.scratch(native.call[`${form.forward}Scratch`](c))
  native.call[form.forward](
    ...sizes,
    native.address(inputs.x!),
    ...affine(native, inputs, c),
    ...outputs.map((out) => native.address(out)),
    ...rest,
    room,
  )
  return outputs
}

function backward(native: Native, form: Form, call: Call): TensorInfo[] {
  const { inputs, shape, channels, sizes, c, rest } = read(native, form, call)
  const outputs = [native.output(shape), channels(), channels()]
  const room = native.scratch(native.call[`${form.forward}Scratch`](c))
  native.call[`${form.forward}Grad`](
    ...sizes,
    ...addresses(native, inputs, ['dy', 'x']),
    ...affine(native, inputs, c),
    ...addresses(native, inputs, ['mean', 'variance']),
    ...outputs.map((out) => native.address(out)),
    ...rest,
    room,
  )
  return outputs
}

function twice(native: Native, form: Form, call: Call): TensorInfo[] {
  const { inputs, shape, channels, sizes, c, rest } = read(native, form, call)
  const outputs = [native.output(form.result(shape)), native.output(shape), channels()]
  const room = native.scratch(native.call[`${form.forward}GradGradScratch`](c))
  native.call[`${form.forward}GradGrad`](
    ...sizes,
    ...addresses(native, inputs, ['ddx', 'ddgamma', 'ddbeta', 'dy', 'x']),
    ...affine(native, inputs, c),
    ...addresses(native, inputs, ['mean', 'variance']),
    ...outputs.map((out) => native.address(out)),
    ...rest,
    room,
  )
  return outputs
}

function read(native: Native, form: Form, call: Call) {
  const inputs: Inputs = call.inputs
  const { groups, epsilon, relu }: BatchNormTrainAttrs = call.attrs
  const { shape } = inputs.x!
  const c = shape.at(-1)!
  const channels = () => native.output(groups > 1 ? [groups, c] : [c])
  const sizes = [groups, ...form.sizes(shape.slice(groups > 1 ? 1 : 0, -1)), c]
  return { inputs, shape, channels, sizes, c, rest: [epsilon, relu] }
}

/** Where γ and β lie, each with the bytes to those of the next group: 0 where all share them. */
function affine(native: Native, { gamma, beta }: Inputs, c: number): number[] {
  return [gamma!, beta!].flatMap((x) => [
    native.address(x),
    util.sizeFromShape(x.shape) > c ? 4 * c : 0,
  ])
}

function addresses(native: Native, inputs: Inputs, names: readonly string[]): number[] {
  return names.map((name) => native.address(inputs[name]!))
}
