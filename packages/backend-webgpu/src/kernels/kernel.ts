import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import type { TensorInfo } from '@tensorflow/tfjs-core'

/** What a call of a kernel is given. */
export interface Call {
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has its own inputs
  readonly inputs: any
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has its own attributes
  readonly attrs: any
  readonly backend: WebGPUBackend
}

/** TensorFlow.js' own kernel of the name, for what ours leaves to it. */
export type Stock = (call: Pick<Call, 'inputs' | 'attrs'>) => TensorInfo

/** A kernel of our own. */
export type Kernel = (call: Call, stock: Stock) => TensorInfo | TensorInfo[]

/** Kernels by the name under which they are registered. */
export type Kernels = { readonly [name: string]: Kernel }

/** One way of running for several kernels. */
export function each(names: readonly string[], kernelOf: (name: string) => Kernel): Kernels {
  return Object.fromEntries(names.map((name) => [name, kernelOf(name)]))
}
