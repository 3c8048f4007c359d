import {
  BatchNormPool,
  BatchNormPoolGrad,
  BatchNormPoolGradGrad,
  BatchNormTrain,
  BatchNormTrainGrad,
  BatchNormTrainGradGrad,
  ConvBatchNormPool,
  ConvBatchNormPoolGrad,
} from '@kshot/core/backend'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { asBatch, asTasks } from './image'
import { anyPerTask, each, type Kernel, type Kernels } from './kernel'
import { runOneByOne } from './one-by-one'

type Named = { readonly [input: string]: TensorInfo }

const TRAINING = [
  BatchNormTrain,
  BatchNormTrainGrad,
  BatchNormTrainGradGrad,
  BatchNormPool,
  BatchNormPoolGrad,
  BatchNormPoolGradGrad,
  ConvBatchNormPool,
  ConvBatchNormPoolGrad,
] as const

const SHARED = ['gamma', 'beta', 'filter']

/** With the statistics of the batch: a group a task, of which the parameters may be shared. */
const training: Kernel = (backend, { inputs, attrs, name }) => {
  const entries = Object.entries(inputs as Named)
  const perTask = anyPerTask(backend, Object.values(inputs as Named))
  const stored = entries.map(([key, x]) => {
    if (!perTask) return [key, { ...backend.stored(x), shape: x.shape }] as const
    return [key, SHARED.includes(key) ? backend.stored(x) : backend.storedForEach(x)] as const
  })
  const groups = perTask ? backend.tasks : 1
  const outputs = backend.runMany(name, Object.fromEntries(stored), { ...attrs, groups })
  return outputs.map((y) => backend.logical(perTask ? y : { ...y, shape: [1, ...y.shape] }))
}

/** With statistics that are given; where all tasks share them, the tasks join the batch. */
const given: Kernel = (backend, { inputs, attrs, name }) => {
  const { x, ...rest } = inputs as Named & { x: TensorInfo }
  const statistics = Object.entries(rest).filter(([, value]) => value)
  const values = statistics.map(([, value]) => value)
  if (anyPerTask(backend, values)) {
    return runOneByOne(backend, name, { x, ...Object.fromEntries(statistics) }, attrs)
  }
  const stored = backend.stored(x)
  const whole = statistics.map(
    ([key, v]) => [key, { ...backend.stored(v), shape: v.shape }] as const,
  )
  const operands = { x: asBatch(stored), ...Object.fromEntries(whole) }
  return backend.logical(asTasks(backend.run(name, operands, attrs), stored.shape[0]!))
}

export const batchNorms: Kernels = { ...each(TRAINING, training), FusedBatchNorm: given }
