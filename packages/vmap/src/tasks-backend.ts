import { untracked } from '@kshot/core/backend'
import {
  type backend_util,
  type DataType,
  engine,
  getKernel,
  KernelBackend,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core'
import { escaped, readsValues } from './errors'

export type DataId = TensorInfo['dataId']

/** The backend that computes, and its name. */
export interface Base {
  readonly name: string
  readonly backend: KernelBackend
}

/** What lies on the base for a logical tensor, and for how many tasks: 1 where all share it. */
interface Entry {
  readonly base: DataId
  readonly tasks: number
  /** Of which vmap it is. */
  readonly run: number
  refCount: number
}

/**
 * The TensorFlow.js backend whose tensors have one value for each task.
 *
 * A logical tensor of shape `s` lies on the base as `[tasks, ...s]`, or as `[1, ...s]` where all tasks
 * share it. It has its own data id, so what escapes can never be taken for `s` numbers. Data that
 * the base made (what a function closes over) is used where it lies, as shared.
 *
 * A class, since TensorFlow.js wants one.
 */
export class TasksBackend extends KernelBackend {
  /** How many tasks run now; 0 outside of vmap. */
  tasks = 0
  private vmapCount = 0
  private readonly entries = new Map<DataId, Entry>()
  private borrowed: TensorInfo[] = []

  constructor(readonly base: Base) {
    super()
  }

  /** Runs `f` for so many tasks. */
  forTasks<T>(tasks: number, f: () => T): T {
    this.tasks = tasks
    this.vmapCount++
    try {
      return f()
    } finally {
      this.tasks = 0
    }
  }

  // ---- what kernels need

  /** How many values a logical tensor has: one a task, or 1 for all. */
  tasksOf(x: TensorInfo): number {
    return this.entries.get(x.dataId)?.tasks ?? 1
  }

  /** The tensor as it lies on the base, `[tasks or 1, ...shape]`; borrowed. */
  stored(x: TensorInfo, shape: readonly number[] = x.shape): TensorInfo {
    const entry = this.entries.get(x.dataId)
    if (!entry) return { dataId: x.dataId, shape: [1, ...shape], dtype: x.dtype }
    if (entry.tasks > 1 && entry.run !== this.vmapCount) throw escaped()
    return { dataId: entry.base, shape: [entry.tasks, ...shape], dtype: x.dtype }
  }

  /** The tensor with a separate value for each task, `[tasks, ...shape]`, until the kernel ends. */
  storedForEach(x: TensorInfo, shape: readonly number[] = x.shape): TensorInfo {
    const stored = this.stored(x, shape)
    if (stored.shape[0] === this.tasks) return stored
    return this.untilEnd(
      this.run('Tile', { x: stored }, { reps: [this.tasks, ...shape.map(() => 1)] }),
    )
  }

  has(kernel: string): boolean {
    return getKernel(kernel, this.base.name) !== undefined
  }

  /** Runs a kernel of the base; the result is the caller's. */
  run(kernel: string, inputs: object, attrs: object = {}): TensorInfo {
    return this.runMany(kernel, inputs, attrs)[0]!
  }

  runMany(kernel: string, inputs: object, attrs: object): TensorInfo[] {
    const { kernelFunc } = getKernel(kernel, this.base.name)!
    const result = kernelFunc({
      inputs: inputs as NamedTensorInfoMap,
      attrs: attrs as NamedAttrMap,
      backend: this.base.backend,
    })
    return (Array.isArray(result) ? result : [result]).map((y) => untracked(y, this.base.backend))
  }

  /** Frees a result of the base when the kernel that runs now ends. */
  untilEnd<T extends TensorInfo>(result: T): T {
    this.borrowed.push(result)
    return result
  }

  /** Runs a kernel, and frees what it needed only meanwhile. */
  during<T>(kernel: () => T): T {
    const before = this.borrowed
    this.borrowed = []
    try {
      return kernel()
    } finally {
      for (const { dataId } of this.borrowed) this.base.backend.disposeData(dataId)
      this.borrowed = before
    }
  }

  /** A result of the base, `[tasks or 1, ...shape]`, as a logical tensor. */
  logical({ dataId, shape, dtype }: TensorInfo): TensorInfo {
    return { dataId: this.own(dataId, shape[0]!), shape: shape.slice(1), dtype }
  }

  /** The same numbers under another shape. */
  reshaped(x: TensorInfo, shape: number[], dtype: DataType = x.dtype): TensorInfo {
    this.incRef(x.dataId)
    return { dataId: x.dataId, shape, dtype }
  }

  // ---- into and out of vmap

  /** Numbers `[tasks, ...shape]` of the base as a logical tensor. */
  enter({ dataId, shape, dtype }: TensorInfo): TensorInfo {
    this.base.backend.incRef(dataId)
    return this.logical({ dataId, shape, dtype })
  }

  /** New numbers, `[tasks, ...shape]`, as a logical tensor. */
  enterValues(values: backend_util.TypedArray, shape: number[], dtype: DataType): TensorInfo {
    const stored = [this.tasks, ...shape]
    const dataId = this.base.backend.write(values, stored, dtype)
    return this.logical({ dataId, shape: stored, dtype })
  }

  /** The numbers of all tasks, `[tasks, ...shape]`, as a tensor of the base; the caller's. */
  leave(x: TensorInfo): TensorInfo {
    const stored = this.stored(x)
    if (stored.shape[0] === this.tasks) {
      this.base.backend.incRef(stored.dataId)
      return stored
    }
    return this.run('Tile', { x: stored }, { reps: [this.tasks, ...x.shape.map(() => 1)] })
  }

  // ---- what TensorFlow.js asks of a backend

  override write(values: backend_util.BackendValues, shape: number[], dtype: DataType): DataId {
    return this.own(this.base.backend.write(values, shape, dtype), 1)
  }

  private own(base: DataId, tasks: number): DataId {
    const dataId: DataId = {}
    this.entries.set(dataId, { base, tasks, run: this.vmapCount, refCount: 1 })
    return dataId
  }

  override readSync(dataId: DataId): backend_util.BackendValues {
    return this.base.backend.readSync(this.shared(dataId))
  }

  override async read(dataId: DataId): Promise<backend_util.BackendValues> {
    return this.base.backend.read(this.shared(dataId))
  }

  /** The data on the base, if it is one value for all tasks. */
  private shared(dataId: DataId): DataId {
    const entry = this.entries.get(dataId)
    if (!entry) return dataId
    if (entry.tasks === 1) return entry.base
    throw this.tasks > 0 ? readsValues() : escaped()
  }

  override incRef(dataId: DataId): void {
    const entry = this.entries.get(dataId)
    if (entry) entry.refCount++
    else this.base.backend.incRef(dataId)
  }

  override refCount(dataId: DataId): number {
    return this.entries.get(dataId)?.refCount ?? this.base.backend.refCount(dataId)
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.entries.get(dataId)
    if (!entry) return this.base.backend.disposeData(dataId, force)
    entry.refCount--
    if (!force && entry.refCount > 0) return false
    this.entries.delete(dataId)
    this.base.backend.disposeData(entry.base)
    return true
  }

  override numDataIds(): number {
    return this.base.backend.numDataIds()
  }

  override memory(): { unreliable: boolean } {
    return this.base.backend.memory()
  }

  override floatPrecision(): 16 | 32 {
    return this.base.backend.floatPrecision()
  }

  override epsilon(): number {
    return this.base.backend.epsilon()
  }

  override timerAvailable(): boolean {
    return false
  }
}

/** Runs `f` with another backend as TensorFlow.js' active one, at once. */
export function withBackend<T>(name: string, backend: KernelBackend, f: () => T): T {
  // Engine declares both as private.
  const active = engine() as unknown as { backendName: string; backendInstance: KernelBackend }
  const { backendName, backendInstance } = active
  Object.assign(active, { backendName: name, backendInstance: backend })
  try {
    return f()
  } finally {
    Object.assign(active, { backendName, backendInstance })
  }
}

/** The axes that a logical axis argument names, as axes of what lies on the base. */
export function storedAxes(axis: number | number[] | null | undefined, x: TensorInfo): number[] {
  return util.parseAxisParam(axis as number, x.shape).map((a) => a + 1)
}
