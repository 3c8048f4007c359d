import {
  engine,
  getKernel,
  type KernelBackend,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import { listedUses, mapUses, type Recording, type Use, type ValueId } from './recording'

/** A recording that can be run. */
export interface Plan {
  /**
   * @param given the inputs of the recording, then what varies; borrowed
   * @returns its outputs, the caller's
   */
  run(given: readonly TensorInfo[]): readonly TensorInfo[]
  dispose(): void
}

/** Makes plans of recordings for one backend; the recording stays the caller's. */
export type Planner = (recording: Recording<never>, backend: KernelBackend) => Plan

/**
 * Calls the kernels of a recording one after the other, without TensorFlow.js' tape and scopes. Each value is freed
 * after its last use. For every backend.
 */
export const replayed: Planner = (recording, backend) => {
  const name = engine().backendName
  const calls = recording.steps.map((step) => ({
    step,
    kernel: getKernel(step.kernel, name)!,
    free: [] as ValueId[],
  }))
  for (const [value, index] of lastUses(recording)) calls[index]!.free.push(value)
  const fixed = [...recording.constants]
  const slots = [...recording.inputs, ...recording.varying.map(({ use }) => use)]

  function run(given: readonly TensorInfo[]): TensorInfo[] {
    const data = new Map<ValueId, object>()
    const made = new Map<ValueId, object>()
    for (const [value, { info, variable }] of fixed) data.set(value, (variable ?? info).dataId)
    slots.forEach(({ value }, i) => {
      data.set(value, given[i]!.dataId)
    })
    const infoOf = ({ value, shape, dtype }: Use): TensorInfo => ({
      dataId: data.get(value)!,
      shape,
      dtype,
    })
    try {
      for (const { step, kernel, free } of calls) {
        const result = kernel.kernelFunc({
          inputs: mapUses(step.inputs, infoOf) as NamedTensorInfoMap,
          attrs: step.attrs as NamedAttrMap,
          backend,
        })
        const outputs = Array.isArray(result) ? result : [result]
        step.outputs.forEach(({ value }, i) => {
          const { dataId } = untracked(outputs[i]!, backend)
          // An output that shares the data of an earlier value.
          if (data.has(value)) {
            backend.disposeData(dataId)
            return
          }
          data.set(value, dataId)
          made.set(value, dataId)
        })
        for (const value of free) {
          backend.disposeData(made.get(value)!)
          made.delete(value)
        }
      }
      return recording.outputs.map((use) => {
        const info = infoOf(use)
        if (!made.delete(use.value)) backend.incRef(info.dataId)
        return info
      })
    } finally {
      for (const dataId of made.values()) backend.disposeData(dataId)
    }
  }

  return { run, dispose: () => {} }
}

/** After which step each value that a step makes is not needed any more; outputs stay. */
export function lastUses({ steps, outputs }: Recording<never>): Map<ValueId, number> {
  const last = new Map<ValueId, number>()
  const own = new Set<ValueId>()
  steps.forEach((step, index) => {
    for (const { value } of listedUses(step.inputs)) if (own.has(value)) last.set(value, index)
    for (const { value } of step.outputs) {
      own.add(value)
      last.set(value, index)
    }
  })
  for (const { value } of outputs) last.delete(value)
  return last
}

/** Some kernels hand out whole tensors, which TensorFlow.js would free with its scope. */
export function untracked(y: TensorInfo, backend: KernelBackend): TensorInfo {
  if (!(y instanceof Tensor)) return y
  const { dataId, shape, dtype } = y
  backend.incRef(dataId)
  y.dispose()
  engine().removeDataId(dataId, backend)
  return { dataId, shape, dtype }
}
