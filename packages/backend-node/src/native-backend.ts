import {
  type BackendTimingInfo,
  type backend_util,
  type DataType,
  engine,
  KernelBackend,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core'
import { type Attrs, attributesOf, dtypeName, dtypeNumber } from './attributes'
import type { Attr, Binding, Made } from './binding'
import { type Constants, constants } from './constants'

type DataId = TensorInfo['dataId']
type Shape = readonly number[]

/** Numbers, and what lies in libtensorflow for them: a tensor for each shape they are used under. */
interface Entry {
  readonly dtype: number
  /** Until an operation needs them there. */
  values: backend_util.BackendValues | undefined
  /** The shape of the first tensor. */
  readonly shape: Shape
  id: number
  /** The same numbers under other shapes. */
  views: Map<string, number> | undefined
  refCount: number
}

/**
 * A TensorFlow.js backend on libtensorflow's operations, one call each.
 *
 * Reshaping costs nothing: a tensor of another shape is made there when an operation needs it, once.
 * A class, since TensorFlow.js wants one.
 */
export class NativeBackend extends KernelBackend {
  private readonly entries = new Map<DataId, Entry>()
  private readonly constants: Constants

  constructor(readonly binding: Binding) {
    super()
    this.constants = constants(binding)
  }

  // ---- what kernels need

  /** Runs an operation that has one result. */
  run(op: string, inputs: readonly (TensorInfo | number)[], attrs?: Attrs): TensorInfo {
    return this.runMany(op, inputs, attrs, 1)[0]!
  }

  /** Runs an operation; an input that is a number is that of a tensor of the binding's. */
  runMany(
    op: string,
    inputs: readonly (TensorInfo | number)[],
    attrs: Attrs | undefined,
    outputs: number,
  ): TensorInfo[] {
    const given = attrs ? attributesOf(this.binding, attrs) : NONE
    return this.results(this.binding.executeOp(op, given, this.ids(inputs), outputs))
  }

  /** Runs a kernel of kshot's own, whose results have the shapes that are given. */
  runOwn(
    kernel: string,
    numbers: readonly number[],
    inputs: readonly TensorInfo[],
    shapes: readonly Shape[],
  ): TensorInfo[] {
    const ids = inputs.map((x) => this.anyId(x))
    return this.results(this.binding.kshotKernel!(kernel, numbers, ids, shapes))
  }

  /** The rows of the windows of images, or images of such rows: see `kshotPatches`. */
  runPatches(back: boolean, numbers: readonly number[], x: TensorInfo, shape: Shape): TensorInfo {
    return this.results(this.binding.kshotPatches!(back, numbers, this.anyId(x), shape))[0]!
  }

  /**
   * Runs an operation once for each group and stacks the results; with one group the result is as it is.
   * Of the inputs that are `split` each group has its part along the first axis.
   */
  runEach(
    op: string,
    inputs: readonly (TensorInfo | number)[],
    attrs: Attrs,
    groups: number,
    split: readonly boolean[],
  ): TensorInfo {
    const ids = inputs.map((x) => (typeof x === 'number' ? x : this.anyId(x)))
    const shapes = inputs.map((x, i) => {
      if (typeof x === 'number') return []
      return split[i] ? x.shape.slice(1) : x.shape
    })
    const given = attributesOf(this.binding, attrs)
    return this.results(
      this.binding.kshotEach!(op, given, ids, groups, split.map(Number), shapes),
    )[0]!
  }

  /** Runs an operation on each number by itself, under whatever shape the inputs have in common. */
  runAlike(op: string, inputs: readonly TensorInfo[], attrs?: Attrs): TensorInfo {
    const [first, ...others] = inputs.map(({ dataId }) => this.entry(dataId).shape)
    const { shape } = inputs[0]!
    const alike =
      others.every((other) => sameShape(other, first!)) &&
      inputs.every((x) => sameShape(x.shape, shape))
    if (!alike) return this.run(op, inputs, attrs)
    const ids = inputs.map((x) => this.anyId(x))
    const made = this.binding.executeOp(
      op,
      attrs ? attributesOf(this.binding, attrs) : NONE,
      ids,
      1,
    )
    return { ...this.results(made)[0]!, shape }
  }

  private ids(inputs: readonly (TensorInfo | number)[]): number[] {
    return inputs.map((x) => (typeof x === 'number' ? x : this.idOf(x)))
  }

  private results(made: readonly Made[]): TensorInfo[] {
    return made.map(({ id, shape, dtype }) => {
      const dataId: DataId = {}
      const entry = { dtype, values: undefined, shape, id, views: undefined, refCount: 1 }
      this.entries.set(dataId, entry)
      return { dataId, shape, dtype: dtypeName(this.binding, dtype) }
    })
  }

  /** The same numbers under another shape. */
  alias(x: TensorInfo, shape: number[] = x.shape): TensorInfo {
    this.incRef(x.dataId)
    return { dataId: x.dataId, shape, dtype: x.dtype }
  }

  /** Frees what a kernel needed only meanwhile. */
  free(...infos: readonly TensorInfo[]): void {
    for (const { dataId } of infos) this.disposeData(dataId)
  }

  /** A constant of whole numbers: a list, or one number. */
  ints(values: number | Shape): number {
    return this.constants.ints(values)
  }

  /** A constant number. */
  float(value: number): number {
    return this.constants.float(value)
  }

  /** The tensor of libtensorflow that has these numbers under this shape. */
  private idOf(x: TensorInfo): number {
    const id = this.anyId(x)
    const entry = this.entry(x.dataId)
    return sameShape(x.shape, entry.shape) ? id : this.viewOf(entry, x.shape)
  }

  /** The tensor of libtensorflow that has these numbers, under whatever shape. */
  private anyId({ dataId }: TensorInfo): number {
    const entry = this.entry(dataId)
    if (entry.id < 0) {
      entry.id = this.binding.createTensor(entry.shape, entry.dtype, entry.values)
      entry.values = undefined
    }
    return entry.id
  }

  private viewOf(entry: Entry, shape: Shape): number {
    const key = shape.join()
    const known = entry.views?.get(key)
    if (known !== undefined) return known
    const [made] = this.binding.executeOp('Reshape', NONE, [entry.id, this.ints(shape)], 1)
    entry.views ??= new Map()
    entry.views.set(key, made!.id)
    return made!.id
  }

  private entry(dataId: DataId): Entry {
    // what another backend has made comes over when it is first used here
    if (!this.entries.has(dataId) && engine().state.tensorInfo.has(dataId)) {
      engine().moveData(this, dataId)
    }
    const entry = this.entries.get(dataId)
    if (!entry) throw new Error('The tensor was disposed of')
    return entry
  }

  // ---- what TensorFlow.js asks of a backend

  override write(values: backend_util.BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId: DataId = {}
    this.move(dataId, values, shape, dtype, 1)
    return dataId
  }

  override move(
    dataId: DataId,
    values: backend_util.BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    const number = dtypeNumber(this.binding, dtype)
    const kept = { dtype: number, values, shape, id: -1, views: undefined, refCount }
    this.entries.set(dataId, kept)
  }

  override readSync(dataId: DataId): backend_util.BackendValues {
    const { id, values } = this.entry(dataId)
    return id < 0 ? values! : (this.binding.tensorDataSync(id) as backend_util.BackendValues)
  }

  override async read(dataId: DataId): Promise<backend_util.BackendValues> {
    return this.readSync(dataId)
  }

  override incRef(dataId: DataId): void {
    this.entry(dataId).refCount++
  }

  override refCount(dataId: DataId): number {
    return this.entries.get(dataId)?.refCount ?? 0
  }

  override disposeData(dataId: DataId, force = false): boolean {
    const entry = this.entries.get(dataId)
    if (!entry) return true
    entry.refCount--
    if (!force && entry.refCount > 0) return false
    if (entry.id >= 0) this.binding.deleteTensor(entry.id)
    for (const id of entry.views?.values() ?? []) this.binding.deleteTensor(id)
    this.entries.delete(dataId)
    return true
  }

  override numDataIds(): number {
    return this.entries.size
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true }
  }

  override floatPrecision(): 16 | 32 {
    return 32
  }

  override async time(f: () => void): Promise<BackendTimingInfo> {
    const start = util.now()
    f()
    return { kernelMs: util.now() - start }
  }

  override timerAvailable(): boolean {
    return true
  }

  override dispose(): void {
    this.constants.dispose()
    for (const dataId of [...this.entries.keys()]) this.disposeData(dataId, true)
  }
}

const NONE: readonly Attr[] = []

function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
