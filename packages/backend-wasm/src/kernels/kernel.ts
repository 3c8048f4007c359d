import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import type { Native } from './native'

/** What a call of a kernel is given. */
export interface Call {
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has its own inputs
  readonly inputs: any
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has its own attributes
  readonly attrs: any
}

/**
 * A kernel of our own: from what it is made of to the function that TensorFlow.js calls. `stock` is
 * TensorFlow.js' own kernel of that name, for what ours leaves to it.
 */
export type Kernel = (
  native: Native,
  stock: (call: Call) => TensorInfo,
) => (call: Call) => TensorInfo | TensorInfo[]

/** Kernels by the name under which they are registered. */
export type Kernels = { readonly [name: string]: Kernel }

/** TensorFlow.js' own kernel as a function of a call. */
export function stockCall(name: string, native: Native, stock: KernelFunc | undefined) {
  return ({ inputs, attrs }: Call): TensorInfo => {
    if (!stock)
      throw new Error(`TensorFlow.js' wasm backend has no kernel ${name} for these inputs`)
    return stock({ inputs, attrs, backend: native.backend }) as TensorInfo
  }
}
