import {
  BatchNormTrain,
  type BatchNormTrainAttrs,
  BatchNormTrainGrad,
  BatchNormTrainGradGrad,
} from '@kshot/core'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'
import type { Native } from './native'

type Inputs = { readonly [name: string]: TensorInfo }

/** Batch norm with the statistics of the batch and its two derivatives, a call of ours each. */
export const batchNorms: Kernels = {
  [BatchNormTrain]: (native) => (call) => {
    const { inputs, attrs, channels, size } = read(native, call)
    const outputs = [native.output(inputs.x!.shape), channels(), channels()]
    const [y, mean, variance] = outputs.map((out) => native.address(out))
    const room = native.scratch(native.call.batchNormScratch(size.c))
    native.call.batchNorm(
      ...[
        size.groups,
        size.n,
        size.c,
        native.address(inputs.x!),
        ...affine(native, inputs, size.c),
      ],
      ...[y!, mean!, variance!, attrs.epsilon, attrs.relu, room],
    )
    return outputs
  },
  [BatchNormTrainGrad]: (native) => (call) => {
    const { inputs, attrs, channels, size } = read(native, call)
    const outputs = [native.output(inputs.x!.shape), channels(), channels()]
    const room = native.scratch(native.call.batchNormScratch(size.c))
    native.call.batchNormGrad(
      ...[size.groups, size.n, size.c, ...addresses(native, inputs, ['dy', 'x'])],
      ...[...affine(native, inputs, size.c), ...addresses(native, inputs, ['mean', 'variance'])],
      ...[...outputs.map((out) => native.address(out)), attrs.epsilon, attrs.relu, room],
    )
    return outputs
  },
  [BatchNormTrainGradGrad]: (native) => (call) => {
    const { inputs, attrs, channels, size } = read(native, call)
    const shape = inputs.x!.shape
    const outputs = [native.output(shape), native.output(shape), channels()]
    const room = native.scratch(native.call.batchNormGradGradScratch(size.c))
    const full = ['ddx', 'ddgamma', 'ddbeta', 'dy', 'x']
    native.call.batchNormGradGrad(
      ...[size.groups, size.n, size.c, ...addresses(native, inputs, full)],
      ...[...affine(native, inputs, size.c), ...addresses(native, inputs, ['mean', 'variance'])],
      ...[...outputs.map((out) => native.address(out)), attrs.epsilon, attrs.relu, room],
    )
    return outputs
  },
}

function read(native: Native, call: { inputs: Inputs; attrs: BatchNormTrainAttrs }) {
  const { shape } = call.inputs.x!
  const c = shape.at(-1)!
  const { groups } = call.attrs
  const n = util.sizeFromShape(shape.slice(groups > 1 ? 1 : 0, -1))
  const channels = () => native.output(groups > 1 ? [groups, c] : [c])
  return { ...call, channels, size: { groups, n, c } }
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
