import {
  GroupedConv2D,
  GroupedConv2DBackpropFilter,
  GroupedConv2DBackpropInput,
} from '@kshot/core/backend'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { TasksBackend } from '../tasks-backend'
import { alike, anyPerTask, each, type Kernel, type Kernels } from './kernel'
import { runOneByOne } from './one-by-one'

/** Images of all tasks as one batch: `[tasks, n, h, w, c]` is `[tasks · n, h, w, c]`. */
export function asBatch(x: TensorInfo): TensorInfo {
  const [tasks, n, ...rest] = x.shape
  return { ...x, shape: [tasks! * n!, ...rest] }
}

/** The result for the whole batch, as one for each task. */
export function asTasks(y: TensorInfo, tasks: number): TensorInfo {
  const [n, ...rest] = y.shape
  return { ...y, shape: [tasks, n! / tasks, ...rest] }
}

/** Kernels that do the same with each image: the tasks join the batch. */
const folded: Kernel = (backend, { inputs, attrs, name }) => {
  const keys = Object.keys(inputs)
  const stored = alike(
    backend,
    keys.map((key) => inputs[key]),
  )
  const batch = Object.fromEntries(keys.map((key, i) => [key, asBatch(stored[i]!)]))
  return backend.logical(asTasks(backend.run(name, batch, attrs), stored[0]!.shape[0]!))
}

const FOLDED = [
  'AvgPool',
  'AvgPoolGrad',
  'MaxPool',
  'MaxPoolGrad',
  'MaxPoolGradGrad',
  'DepthToSpace',
  'FlipLeftRight',
  'LRN',
  'ResizeBilinear',
  'ResizeBilinearGrad',
  'ResizeNearestNeighbor',
  'ResizeNearestNeighborGrad',
] as const

/** With one filter for all tasks they join the batch; else the base's grouped kernel, or one by one. */
function convolution(image: 'x' | 'dy', grouped: string): Kernel {
  return (backend, { inputs, attrs, name }) => {
    const filter = inputs.filter as TensorInfo
    if (anyPerTask(backend, [filter])) return perGroup(backend, name, grouped, inputs, attrs)
    const stored = backend.stored(inputs[image])
    const tasks = stored.shape[0]!
    const { inputShape } = attrs
    const whole = inputShape && { inputShape: [tasks * inputShape[0], ...inputShape.slice(1)] }
    const filters = { ...backend.stored(filter), shape: filter.shape }
    const operands = { [image]: asBatch(stored), filter: filters }
    return backend.logical(asTasks(backend.run(name, operands, { ...attrs, ...whole }), tasks))
  }
}

type Named = { readonly [input: string]: TensorInfo }

function perGroup(
  backend: TasksBackend,
  name: string,
  grouped: string,
  inputs: Named,
  attrs: { readonly dataFormat?: string },
): TensorInfo {
  const shared = !anyPerTask(backend, Object.values(inputs))
  if (shared || attrs.dataFormat === 'NCHW' || !backend.has(grouped)) {
    return runOneByOne(backend, name, inputs, attrs)
  }
  const stored = Object.entries(inputs).map(([key, x]) => [key, backend.stored(x)] as const)
  return backend.logical(backend.run(grouped, Object.fromEntries(stored), attrs))
}

export const images: Kernels = {
  ...each(FOLDED, folded),
  Conv2D: convolution('x', GroupedConv2D),
  Conv2DBackpropInput: convolution('dy', GroupedConv2DBackpropInput),
  Conv2DBackpropFilter: (backend, { inputs, attrs, name }) =>
    perGroup(backend, name, GroupedConv2DBackpropFilter, inputs, attrs),
  DepthwiseConv2dNative: convolution('x', ''),
  DepthwiseConv2dNativeBackpropInput: convolution('dy', ''),
}
