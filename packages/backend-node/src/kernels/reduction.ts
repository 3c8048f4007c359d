import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { NativeBackend } from '../native-backend'
import { toFloat } from './elementwise'
import { each, type Kernels, meanwhile } from './kernel'

/** The axes a reduction names, all where it names none, from the front. */
function axesOf(
  x: TensorInfo,
  { axis, reductionIndices }: { axis?: number; reductionIndices?: number },
) {
  return util.parseAxisParam((axis ?? reductionIndices ?? null) as number, x.shape)
}

function reduce(
  backend: NativeBackend,
  operation: string,
  x: TensorInfo,
  attrs: object,
): TensorInfo {
  const { keepDims = false } = attrs as { keepDims?: boolean }
  const axes = axesOf(x, attrs)
  if (axes.length === 0) return backend.alias(x)
  return backend.run(operation, [x, backend.ints(axes)], { keep_dims: keepDims })
}

export const reductions: Kernels = {
  ...each(
    ['Sum', 'Max', 'Min', 'Prod', 'All', 'Any'],
    (operation) => (backend, call) => reduce(backend, operation, call.inputs.x, call.attrs),
  ),
  Mean: (backend, { inputs: { x }, attrs }) =>
    meanwhile(backend, (keep) => reduce(backend, 'Mean', keep(toFloat(backend, x)), attrs)),
  ...each(
    ['ArgMax', 'ArgMin'],
    (operation) =>
      (backend, { inputs: { x }, attrs: { axis } }) =>
        backend.run(operation, [x, backend.ints(util.parseAxisParam(axis, x.shape)[0]!)], {
          output_type: { dtype: 'int32' },
        }),
  ),
  ...each(
    ['Cumsum', 'Cumprod'],
    (operation) =>
      (backend, { inputs: { x }, attrs: { axis, exclusive = false, reverse = false } }) =>
        backend.run(operation, [x, backend.ints(axis)], { exclusive, reverse }),
  ),
  ...each(
    ['Softmax', 'LogSoftmax'],
    (operation) =>
      (backend, { inputs: { logits } }) =>
        backend.run(operation, [logits]),
  ),
  TopK: (backend, { inputs: { x }, attrs: { k, sorted } }) =>
    backend.runMany('TopKV2', [x, backend.ints(k)], { sorted }, 2),
}
