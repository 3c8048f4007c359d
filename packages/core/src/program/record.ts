import {
  type DataType,
  engine,
  getBackend,
  getKernelsForBackend,
  type KernelBackend,
  type KernelConfig,
  type Tensor,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core'
import * as tree from '../tree'
import { CHANCE } from './clean'
import type { Constant, Decision, Recording, Step, Use, Uses, ValueId, Varying } from './recording'

/** What is recorded at the moment, if anything. */
export interface Recorder<Context> {
  /** Nothing that is recorded now can be used: says why. */
  refuse(reason: string): void
  varying(
    shape: readonly number[],
    dtype: 'float32' | 'int32',
    values: Varying<Context>['values'],
    now: readonly number[],
  ): Tensor
  decided(decision: Decision<Context>): void
}

/** The results of a function, which are the caller's, and what it did, or why that can't be told. */
export type Recorded<Context, Result> = { readonly result: Result } & (
  | { readonly recording: Recording<Context> }
  | { readonly refused: string }
)

/** Larger results of constants alone are computed again at each call. */
const FOLDED = 4096
/** Larger constants are not compared with others. */
const MERGED = 64

let active = false

/** Whether a function is being recorded. */
export const isRecording = () => active

/**
 * Runs `f`, and notes each kernel that the active backend runs meanwhile. What the recording holds is released
 * by {@link release}.
 * @param f what it returns must be its own
 */
export function record<Context, Result extends tree.Params>(
  inputs: readonly Tensor[],
  f: (recorder: Recorder<Context>) => Result,
): Recorded<Context, Result> {
  const notes = notesOf<Context>(engine().backend, inputs)
  active = true
  const restore = intercept(getBackend(), engine().backend, notes)
  try {
    const result = f(notes.recorder)
    const found = notes.recording(result)
    return typeof found === 'string' ? { result, refused: found } : { result, recording: found }
  } catch (error) {
    notes.forget()
    throw error
  } finally {
    restore()
    active = false
  }
}

/** Lets go of the constants of a recording. */
export function release(recording: Pick<Recording, 'constants'>, backend: KernelBackend): void {
  for (const { info } of recording.constants.values()) letGo(info, backend)
}

function letGo({ dataId }: TensorInfo, backend: KernelBackend): void {
  // Those of vmap were never TensorFlow.js' own.
  const known = engine().state.tensorInfo.has(dataId as never)
  if (backend.disposeData(dataId) && !known) return
  if (known && backend.refCount(dataId) === 0) engine().removeDataId(dataId, backend)
}

/** What happens while a function is recorded. */
interface Notes {
  kernel(config: KernelConfig, inputs: object, attrs: object, outputs: readonly TensorInfo[]): void
  written(dataId: object, values: ArrayLike<unknown>): void
  refuse(reason: string): void
}

/** Lets `notes` see every kernel, and every number that is written or read, until what it returns is called. */
function intercept(name: string, backend: KernelBackend, notes: Notes): () => void {
  const configs = getKernelsForBackend(name)
  const originals = configs.map(({ kernelFunc }) => kernelFunc)
  let inside = false
  const within = <T>(f: () => T): T => {
    inside = true
    try {
      return f()
    } finally {
      inside = false
    }
  }
  configs.forEach((config, i) => {
    const original = originals[i]!
    config.kernelFunc = (call) => {
      if (inside) return original(call)
      const result = within(() => original(call))
      const outputs = Array.isArray(result) ? result : [result]
      notes.kernel(config, call.inputs, call.attrs ?? {}, outputs)
      return result
    }
  })
  const own = backend as unknown as Record<string, unknown>
  const methods: Record<string, unknown> = {
    write(values: ArrayLike<unknown>, ...rest: [number[], DataType]) {
      const write = () => prototypeOf(backend).write.call(backend, values as never, ...rest)
      if (inside) return write()
      const dataId = within(write)
      notes.written(dataId, values)
      return dataId
    },
  }
  for (const read of ['read', 'readSync', 'readToGPU'] as const) {
    methods[read] = (...call: unknown[]) => {
      if (!inside) notes.refuse('it reads the numbers of a tensor')
      const method = prototypeOf(backend)[read] as (...call: unknown[]) => unknown
      return method.apply(backend, call)
    }
  }
  const before = Object.keys(methods).map(
    (key) => [key, Object.hasOwn(own, key), own[key]] as const,
  )
  Object.assign(own, methods)
  const restoreChance = withoutChance(notes)
  return () => {
    restoreChance()
    configs.forEach((config, i) => {
      config.kernelFunc = originals[i]!
    })
    for (const [key, had, value] of before) {
      if (had) own[key] = value
      else delete own[key]
    }
  }
}

const prototypeOf = (backend: KernelBackend) => Object.getPrototypeOf(backend) as KernelBackend

/** TensorFlow.js seeds its random operations with Math.random. */
function withoutChance({ refuse }: Notes): () => void {
  const { random } = Math
  Math.random = () => {
    refuse('it draws random numbers without a seed')
    return random()
  }
  return () => {
    Math.random = random
  }
}

function notesOf<Context>(backend: KernelBackend, inputs: readonly Tensor[]) {
  const values = new Map<object, ValueId>()
  const constants = new Map<ValueId, Constant>()
  const written = new Map<object, ArrayLike<unknown>>()
  const varying: Varying<Context>[] = []
  const decisions: Decision<Context>[] = []
  const steps: Step[] = []
  const signature: string[] = []
  /** Small constants of the same numbers are one. */
  const known = new Map<string, ValueId>()
  let lastWritten: object | undefined
  let reason: string | undefined

  let count = 0
  const newValue = (dataId: object): ValueId => {
    const value = count++
    values.set(dataId, value)
    return value
  }

  function use(info: TensorInfo): Use {
    const value = values.get(info.dataId) ?? constant(info)
    return { value, shape: [...info.shape], dtype: info.dtype }
  }

  function constant(info: TensorInfo, folded?: string): ValueId {
    const { dataId, shape, dtype } = info
    const [own, variable] = [written.get(dataId), variableOf(dataId)]
    const key = folded ?? (own && own.length <= MERGED ? `${dtype} ${plain(own)}` : undefined)
    const same = key === undefined ? undefined : known.get(key)
    if (same !== undefined) {
      values.set(dataId, same)
      return same
    }
    const value = newValue(dataId)
    backend.incRef(dataId)
    if (key !== undefined) known.set(key, value)
    constants.set(value, {
      info: { dataId, shape, dtype },
      ...(own && { written: own }),
      ...(variable && { variable }),
      ...(folded !== undefined && { folded: true as const }),
    })
    return value
  }

  function refuse(why: string): void {
    reason ??= why
  }

  const inputUses = inputs.map((x) => {
    if (values.has(x.dataId)) return use(x)
    newValue(x.dataId)
    return use(x)
  })

  function kernel(
    { kernelName }: KernelConfig,
    given: object,
    attrs: object,
    made: readonly TensorInfo[],
  ): void {
    const of = usesOf(given, use)
    if (isAlias(kernelName, given, made)) values.set(made[0]!.dataId, (of as { x: Use }).x.value)
    // Another shape of the same numbers: no kernel is needed to make it.
    if (made.every(({ dataId }) => values.has(dataId))) return
    const call = `${kernelName} ${plain(attrs)} ${plain(of)}`
    signature.push(call)
    const step = { kernel: kernelName, attrs, inputs: of }
    if (!CHANCE.has(kernelName) && isFolded(of, made)) {
      made.forEach((info, i) => {
        constant(info, `${call} ${i}`)
      })
      return
    }
    for (const { dataId } of made) if (!values.has(dataId)) newValue(dataId)
    steps.push({ ...step, outputs: made.map(use) })
  }

  function isFolded(of: Uses, made: readonly TensorInfo[]): boolean {
    const size = made.reduce((sum, { shape }) => sum + util.sizeFromShape(shape), 0)
    if (size > FOLDED) return false
    const given = (Object.values(of) as (Use | readonly Use[] | undefined)[]).flat()
    return given.every((one) => !one || (constants.has(one.value) && !isVariable(one.value)))
  }

  const isVariable = (value: ValueId) => constants.get(value)!.variable !== undefined

  return {
    kernel,
    refuse,
    written: (dataId: object, of: ArrayLike<unknown>) => {
      lastWritten = dataId
      written.set(dataId, of === null ? [] : Array.from(of))
    },
    forget: () => release({ constants }, backend),
    recorder: {
      refuse,
      decided: (decision: Decision<Context>) => void decisions.push(decision),
      varying(shape, dtype, of, now): Tensor {
        const tensor = engine().makeTensor(typed(now, dtype), [...shape], dtype)
        // Under vmap it is the base that wrote it, as data of its own.
        const dataId = lastWritten!
        written.delete(dataId)
        newValue(dataId)
        varying.push({ use: use({ dataId, shape: [...shape], dtype }), values: of })
        return tensor
      },
    } satisfies Recorder<Context>,
    recording(result: tree.Params): Recording<Context> | string {
      const outputs = tree.leaves(result).map(use)
      if (reason === undefined) {
        return {
          inputs: inputUses,
          constants,
          varying,
          decisions,
          steps,
          outputs,
          structure: result,
          signature: [...signature, plain(outputs)],
        }
      }
      release({ constants }, backend)
      return reason
    },
  }
}

function usesOf(given: object, use: (info: TensorInfo) => Use): Uses {
  if (Array.isArray(given)) return given.map(use)
  const entries = Object.entries(given) as [string, TensorInfo | TensorInfo[] | null | undefined][]
  return Object.fromEntries(
    entries.map(([name, one]) => {
      if (one === undefined || one === null) return [name, undefined]
      return [name, Array.isArray(one) ? one.map(use) : use(one)]
    }),
  )
}

/** What has the numbers of its input, even where a backend copies them. */
function isAlias(kernel: string, given: object, made: readonly TensorInfo[]): boolean {
  const { x } = given as { x?: TensorInfo }
  return ['Identity', 'Reshape', 'Cast'].includes(kernel) && x?.dtype === made[0]!.dtype
}

/** JSON, in which no two numbers look alike. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_, one) => {
    if (typeof one === 'number' && !Number.isFinite(one)) return `number ${one}`
    return Object.is(one, -0) ? 'number -0' : one
  })
}

export function typed(values: readonly number[], dtype: 'float32' | 'int32') {
  return dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values)
}

function variableOf(dataId: object): TensorInfo | undefined {
  const all = Object.values(engine().state.registeredVariables)
  return all.find((one) => one.dataId === dataId)
}
