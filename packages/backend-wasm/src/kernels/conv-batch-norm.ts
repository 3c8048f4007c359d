import {
  type BatchNormTrainAttrs,
  ConvBatchNormPool,
  ConvBatchNormPoolGrad,
} from '@kshot/core/backend'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Call, Kernels } from './kernel'
import type { Native } from './native'

type Inputs = { readonly [name: string]: TensorInfo }

/** The first block of a net on grey images: convolution, batch norm, ReLU and max-pool, a call of ours each way. */
export const convBatchNorms: Kernels = {
  [ConvBatchNormPool]: (native) => (call) => {
    const { inputs, attrs, group, sizes, images } = read(call)
    const pooled = [...group, ...halved(images), sizes.at(-1)!]
    const outputs = [
      native.output(pooled),
      channels(native, group, sizes),
      channels(native, group, sizes),
      native.output(pooled, 'bool'),
    ]
    const room = scratch(native, sizes)
    native.call.convBatchNormPool(
      ...sizes,
      native.address(inputs.x!),
      ...shared(native, inputs.filter!, 4),
      ...shared(native, inputs.gamma!, 1),
      ...shared(native, inputs.beta!, 1),
      ...outputs.map((out) => native.address(out)),
      attrs.epsilon,
      attrs.relu,
      room,
    )
    return outputs
  },
  [ConvBatchNormPoolGrad]: (native) => (call) => {
    const { inputs, attrs, group, sizes } = read(call)
    const filter = native.output([...group, 3, 3, 1, sizes.at(-1)!])
    const outputs = [filter, channels(native, group, sizes), channels(native, group, sizes)]
    const room = scratch(native, sizes)
    const given = (names: string[]) => names.map((name) => native.address(inputs[name]!))
    native.call.convBatchNormPoolGrad(
      ...sizes,
      ...given(['dy', 'place', 'x']),
      ...shared(native, inputs.filter!, 4),
      ...shared(native, inputs.gamma!, 1),
      ...given(['mean', 'variance']),
      ...outputs.map((out) => native.address(out)),
      attrs.epsilon,
      room,
    )
    return outputs
  },
}

function read(call: Call) {
  const inputs: Inputs = call.inputs
  const attrs: BatchNormTrainAttrs = call.attrs
  const grouped = attrs.groups > 1
  const images = inputs.x!.shape.slice(grouped ? 1 : 0, -1)
  const filters = inputs.filter!.shape.at(-1)!
  util.assert(filters % 8 === 0, () => `ConvBatchNormPool takes multiples of 8 filters: ${filters}`)
  const sizes = [attrs.groups, ...images, filters]
  return { inputs, attrs, images, sizes, group: grouped ? [attrs.groups] : [] }
}

const halved = ([n, h, w]: number[]) => [n!, Math.floor(h! / 2), Math.floor(w! / 2)]

const channels = (native: Native, group: number[], sizes: number[]) =>
  native.output([...group, sizes.at(-1)!])

function scratch(native: Native, [, , h, w, o]: number[]): number {
  return native.scratch(native.call.convBatchNormPoolScratch(h!, w!, o!))
}

/** Where values of `rank` lie, and the bytes to those of the next group: 0 where all share them. */
function shared(native: Native, x: TensorInfo, rank: number): [address: number, next: number] {
  const groups = x.shape.length > rank ? x.shape[0]! : 1
  return [native.address(x), groups > 1 ? (4 * util.sizeFromShape(x.shape)) / groups : 0]
}
