import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { TasksBackend } from '../tasks-backend'
import { anyPerTask, each, type Kernels } from './kernel'

/**
 * Kernels that cannot take the tasks as an axis: the base runs them task by task, and the results are
 * joined. Slower than one call, and right.
 */
export const oneByOne: Kernels = each(
  [
    'BatchToSpaceND',
    'DenseBincount',
    'DepthwiseConv2dNativeBackpropFilter',
    'Diag',
    'GatherNd',
    'ScatterNd',
    'SpaceToBatchND',
    'SparseToDense',
    'TensorScatterUpdate',
    'UnsortedSegmentSum',
  ],
  (backend, { inputs, attrs, name }) => runOneByOne(backend, name, inputs, attrs),
)

type Named = { readonly [input: string]: TensorInfo }

/** The result of a kernel for each task, `[tasks, ...]`, or for all where they share all inputs. */
export function runOneByOne(
  backend: TasksBackend,
  name: string,
  inputs: Named,
  attrs: object,
): TensorInfo {
  const tasks = anyPerTask(backend, Object.values(inputs)) ? backend.tasks : 1
  const parts = Array.from({ length: tasks }, (_, task) => {
    const own = Object.entries(inputs).map(([key, x]) => [key, ofTask(backend, x, task)] as const)
    const y = backend.run(name, Object.fromEntries(own), attrs)
    return { ...y, shape: [1, ...y.shape] }
  })
  if (parts.length === 1) return backend.logical(parts[0]!)
  for (const part of parts) backend.untilEnd(part)
  return backend.logical(backend.run('Concat', parts, { axis: 0 }))
}

function ofTask(backend: TasksBackend, x: TensorInfo, task: number): TensorInfo {
  const stored = backend.stored(x)
  if (stored.shape[0] === 1) return { ...stored, shape: x.shape }
  const begin = [task, ...x.shape.map(() => 0)]
  const part = backend.run('Slice', { x: stored }, { begin, size: [1, ...x.shape] })
  return backend.untilEnd({ ...part, shape: x.shape })
}
