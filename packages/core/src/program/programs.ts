import {
  engine,
  getBackend,
  getKernel,
  type KernelBackend,
  type KernelConfig,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core'
import * as tree from '../tree'
import { clean, difference } from './clean'
import { plannerFor } from './planners'
import { isRecording, type Recorder, record, release, typed } from './record'
import type { Recording } from './recording'
import type { Plan } from './replay'

/** Calls of functions that are recorded. */
export interface Programs<Context> {
  /**
   * Runs `f`, or what it did before on inputs of the same key.
   * @param key all that `f` depends on besides the numbers of `inputs` and `context`: shapes, plain options
   * @returns what `f` returns, the caller's
   */
  call<Result extends tree.Params>(
    key: string,
    inputs: readonly Tensor[],
    context: Context,
    f: (recorder: Recorder<Context> | undefined) => Result,
  ): Result
  dispose(): void
}

/** So many shapes of inputs are remembered, the latest. */
const KEYS = 16
/** So many ways of deciding. */
const WAYS = 4

interface Known<Context> {
  /** Recorded once, to be compared with a second time. */
  readonly candidates: Recording<Context>[]
  readonly plans: Ready<Context>[]
  refused: boolean
}

interface Ready<Context> {
  readonly recording: Recording<Context>
  readonly plan: Plan
  /** The kernels that were there: others give other numbers. */
  readonly kernels: ReadonlyMap<string, KernelConfig | undefined>
}

/**
 * @param onRefused told once why calls are not recorded
 */
export function programs<Context>(onRefused: (reason: string) => void): Programs<Context> {
  let known = new Map<string, Known<Context>>()
  let on: { readonly name: string; readonly backend: KernelBackend } | undefined
  let told = false

  function call<Result extends tree.Params>(
    key: string,
    inputs: readonly Tensor[],
    context: Context,
    f: (recorder: Recorder<Context> | undefined) => Result,
  ): Result {
    if (mustRunPlainly()) return f(undefined)
    forgetOtherBackend()
    const entry = entryOf(`${key} ${sharedData(inputs)}`)
    const ready = entry.refused ? undefined : entry.plans.find((one) => fits(one, context))
    if (ready) return replay(ready, inputs, context) as Result
    if (entry.refused) return f(undefined)
    return recorded(entry, inputs, f)
  }

  function recorded<Result extends tree.Params>(
    entry: Known<Context>,
    inputs: readonly Tensor[],
    f: (recorder: Recorder<Context>) => Result,
  ): Result {
    const found = record<Context, Result>(inputs, (recorder) => tree.tidy(() => f(recorder)))
    if ('refused' in found) refuse(entry, found.refused)
    else take(entry, found.recording)
    return found.result
  }

  function take(entry: Known<Context>, recording: Recording<Context>): void {
    const { backend, name } = on!
    const i = entry.candidates.findIndex((one) => sameDecisions(one, recording))
    if (i < 0) {
      entry.candidates.push(recording)
      if (entry.candidates.length > WAYS) refuse(entry, 'it decides in too many ways')
      return
    }
    const candidate = entry.candidates[i]!
    const odd = difference(candidate, recording)
    release(recording, backend)
    if (odd !== undefined) {
      refuse(entry, odd)
      return
    }
    entry.candidates.splice(i, 1)
    const cleaned = clean(candidate)
    release(without(candidate, cleaned), backend)
    const plan = plannerFor(name)(cleaned, backend)
    const names = new Set(cleaned.steps.map(({ kernel }) => kernel))
    const kernels = new Map([...names].map((one) => [one, getKernel(one, name)]))
    entry.plans.push({ recording: cleaned, plan, kernels })
  }

  function fits({ recording, kernels }: Ready<Context>, context: Context): boolean {
    if (recording.decisions.some(({ decide, was }) => decide(context) !== was)) return false
    for (const [kernel, config] of kernels) {
      if (getKernel(kernel, on!.name) !== config) return false
    }
    return true
  }

  function replay(
    { recording, plan }: Ready<Context>,
    inputs: readonly Tensor[],
    context: Context,
  ): tree.Params {
    const drawn: TensorInfo[] = []
    const { backend } = on!
    try {
      for (const { use, values } of recording.varying) {
        const { shape, dtype } = use
        const numbers = typed(values(context), dtype as 'float32')
        drawn.push({ dataId: backend.write(numbers, shape, dtype), shape, dtype })
      }
      const outputs = plan.run([...inputs, ...drawn])
      const tensors = outputs.map((info) => engine().makeTensorFromTensorInfo(info))
      return tree.unflatten(recording.structure, tensors)
    } finally {
      for (const { dataId } of drawn) backend.disposeData(dataId)
    }
  }

  function refuse(entry: Known<Context>, reason: string): void {
    entry.refused = true
    drop(entry)
    if (told) return
    told = true
    onRefused(reason)
  }

  function entryOf(key: string): Known<Context> {
    const entry = known.get(key) ?? { candidates: [], plans: [], refused: false }
    // The latest stands last.
    known.delete(key)
    known.set(key, entry)
    if (known.size > KEYS) {
      const [oldest, dropped] = known.entries().next().value!
      known.delete(oldest)
      drop(dropped)
    }
    return entry
  }

  function forgetOtherBackend(): void {
    const { backend, backendName: name } = engine()
    if (on?.backend === backend) return
    forget()
    on = { name, backend }
  }

  function drop({ candidates, plans }: Known<Context>): void {
    // A backend that was removed has freed everything, and can't be asked.
    if (engine().registry[on!.name] !== on!.backend) {
      candidates.splice(0)
      plans.splice(0)
      return
    }
    for (const recording of candidates.splice(0)) release(recording, on!.backend)
    for (const { plan, recording } of plans.splice(0)) {
      plan.dispose()
      release(recording, on!.backend)
    }
  }

  function forget(): void {
    const all = known
    known = new Map()
    for (const entry of all.values()) drop(entry)
  }

  return { call, dispose: forget }
}

/** Within a gradient the tape must see the operations; within vmap or another recording, that one does. */
function mustRunPlainly(): boolean {
  return isRecording() || engine().state.gradientDepth > 0 || getBackend().startsWith('tasks/')
}

/** The constants that a recording held before it was cleaned. */
function without(before: Recording<never>, { constants }: Recording<never>) {
  return { constants: new Map([...before.constants].filter(([value]) => !constants.has(value))) }
}

/** Which inputs lie in the same place: a recording takes them for one. */
function sharedData(inputs: readonly Tensor[]): string {
  const first = new Map<object, number>()
  return inputs
    .map(({ dataId }, i) => {
      if (!first.has(dataId)) first.set(dataId, i)
      return first.get(dataId)
    })
    .join()
}

function sameDecisions(a: Recording<never>, b: Recording<never>): boolean {
  return (
    a.decisions.length === b.decisions.length &&
    a.decisions.every(({ was }, i) => was === b.decisions[i]!.was)
  )
}
