import {
  GroupedConv2D,
  type GroupedConv2DAttrs,
  GroupedConv2DBackpropFilter,
  GroupedConv2DBackpropInput,
} from '@kshot/core'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { NativeBackend } from '../native-backend'
import { attrsOf, geometry } from './conv'
import type { Kernels } from './kernel'

/** Convolutions in groups: the operation once for each, on its part of the memory. */
export const grouped: Kernels = {
  [GroupedConv2D]: (backend, { inputs: { x, filter }, attrs }) =>
    each(backend, 'Conv2D', [x, filter], geometry(x.shape.slice(1), filter.shape.slice(1), attrs)),
  [GroupedConv2DBackpropInput]: (backend, { inputs: { dy, filter }, attrs }) => {
    const { inputShape }: GroupedConv2DAttrs = attrs
    const info = geometry(inputShape!, filter.shape.slice(1), attrs)
    return each(backend, 'Conv2DBackpropInput', [backend.ints(inputShape!), filter, dy], info)
  },
  [GroupedConv2DBackpropFilter]: (backend, { inputs: { x, dy }, attrs }) => {
    const { filterShape }: GroupedConv2DAttrs = attrs
    const info = geometry(x.shape.slice(1), filterShape!, attrs)
    return each(backend, 'Conv2DBackpropFilter', [x, backend.ints(filterShape!), dy], info)
  },
}

function each(
  backend: NativeBackend,
  operation: string,
  inputs: readonly (TensorInfo | number)[],
  info: ReturnType<typeof geometry>,
): TensorInfo {
  const groups = Math.max(...inputs.map((x) => (typeof x === 'number' ? 1 : x.shape[0]!)))
  const split = inputs.map((x) => typeof x !== 'number' && x.shape[0]! > 1)
  const operands = inputs.map((x, i) => {
    if (typeof x === 'number' || split[i]) return x
    return { ...x, shape: x.shape.slice(1) }
  })
  return backend.runEach(operation, operands, attrsOf(info), groups, split)
}
