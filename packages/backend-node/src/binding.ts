import { createRequire } from 'node:module'

/** An attribute of an operation, as the binding takes it. */
export interface Attr {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

/** What the binding says of a result. */
export interface Made {
  readonly id: number
  readonly shape: number[]
  readonly dtype: number
}

/** TensorFlow.js' native binding to libtensorflow. Tensors are known by numbers. */
export interface Binding {
  createTensor(shape: readonly number[], dtype: number, values: unknown): number
  deleteTensor(id: number): void
  tensorDataSync(id: number): unknown
  executeOp(
    name: string,
    attrs: readonly Attr[],
    inputs: readonly number[],
    outputs: number,
  ): Made[]
  isUsingGpuDevice(): boolean
  /**
   * Kernels of kshot's own, on the CPU; a binding that kshot did not build has none. Inputs are read under
   * whatever shape they have; results have the shapes that are given.
   */
  kshotKernel?(
    name: string,
    numbers: readonly number[],
    inputs: readonly number[],
    shapes: readonly (readonly number[])[],
  ): Made[]
  /**
   * An operation once for each group. Of inputs that are split each group has a part of the shape that is
   * given; an empty shape leaves an input as it is. Results are stacked, unless there is one group.
   */
  kshotEach?(
    name: string,
    attrs: readonly Attr[],
    inputs: readonly number[],
    groups: number,
    split: readonly number[],
    shapes: readonly (readonly number[])[],
  ): Made[]
  /**
   * From images to the rows of their windows, or back, where numbers that were taken twice are added.
   * @param numbers images, height, width, channels; height and width of the result; those of a window; the
   *   strides; how far windows begin above and to the left of an image
   */
  kshotPatches?(
    back: boolean,
    numbers: readonly number[],
    input: number,
    shape: readonly number[],
  ): Made[]
  readonly TF_Version: string
  readonly TF_FLOAT: number
  readonly TF_INT32: number
  readonly TF_BOOL: number
  readonly TF_STRING: number
  readonly TF_ATTR_STRING: number
  readonly TF_ATTR_INT: number
  readonly TF_ATTR_FLOAT: number
  readonly TF_ATTR_BOOL: number
  readonly TF_ATTR_TYPE: number
}

/** Whether kshot's own kernels run on this binding. */
export function hasOwnKernels(binding: Binding): boolean {
  // the youngest of them: an older build has not got all
  return binding.kshotPatches !== undefined && !binding.isUsingGpuDevice()
}

const require = createRequire(import.meta.url)

/** Loads a binding; libtensorflow says less than it would. */
export function loadBinding(path: string): Binding {
  // what its start prints is no news
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1'
  return require(path)
}
