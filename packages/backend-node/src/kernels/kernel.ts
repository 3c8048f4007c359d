import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { NativeBackend } from '../native-backend'

/** What a call of a kernel is given. */
export interface Call {
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has its own inputs
  readonly inputs: any
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has its own attributes
  readonly attrs: any
}

export type Kernel = (backend: NativeBackend, call: Call) => TensorInfo | TensorInfo[]

/** Kernels by the name under which they are registered. */
export type Kernels = { readonly [name: string]: Kernel }

/** Kernels that are alike but for the operation. */
export function each(
  names: readonly (string | readonly [name: string, operation: string])[],
  kernel: (operation: string) => Kernel,
): Kernels {
  return Object.fromEntries(
    names.map((entry) => {
      const [name, operation] = typeof entry === 'string' ? [entry, entry] : entry
      return [name, kernel(operation)]
    }),
  )
}

/** Runs `f`, and frees what it is given to keep meanwhile. */
export function meanwhile<T>(
  backend: NativeBackend,
  f: (keep: (x: TensorInfo) => TensorInfo) => T,
): T {
  const kept: TensorInfo[] = []
  try {
    return f((x) => {
      kept.push(x)
      return x
    })
  } finally {
    backend.free(...kept)
  }
}

/** A matrix of two columns, of whole numbers; the caller's. */
export function pairs(backend: NativeBackend, values: readonly number[]): TensorInfo {
  const shape = [values.length / 2, 2]
  return { dataId: backend.write(Int32Array.from(values), shape, 'int32'), shape, dtype: 'int32' }
}
