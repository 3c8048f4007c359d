import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core'
import adam from './binary/adam'
import arithmetic from './binary/arithmetic'
import batchNorm from './binary/batch-norm'
import batchNormPool from './binary/batch-norm-pool'
import batchNormPoolTwice from './binary/batch-norm-pool-twice'
import batchNormTwice from './binary/batch-norm-twice'
import cholesky from './binary/cholesky'
import conv from './binary/conv'
import convBatchNormPool from './binary/conv-batch-norm-pool'
import gemm from './binary/gemm'
import pool from './binary/pool'
import reduce from './binary/reduce'
import winograd from './binary/winograd'

/** The compiled modules; each works in place on the memory of TensorFlow.js' wasm backend. */
const modules = [
  adam,
  arithmetic,
  batchNorm,
  batchNormPool,
  batchNormPoolTwice,
  batchNormTwice,
  cholesky,
  conv,
  convBatchNormPool,
  gemm,
  pool,
  reduce,
  winograd,
] as const

type FunctionName = (typeof modules)[number]['functions'][number]

/** How multiplications are added: rounded twice, or once where the runtime has relaxed SIMD. */
export type Arithmetic = 'simd' | 'fma'

/** TensorFlow.js' wasm backend, as far as kernels need it. */
export interface WasmBackend extends KernelBackend {
  readonly wasm: {
    readonly asm: { readonly [name: string]: unknown }
    readonly HEAPU8: Uint8Array
    readonly tfjs: { disposeData(id: number): void }
    _malloc(bytes: number): number
    _free(address: number): void
  }
  readonly dataIdMap: {
    get(dataId: object): { readonly id: number; readonly memoryOffset: number }
    delete(dataId: object): boolean
  }
  /** @param address where it lies; without, it gets memory of its own */
  makeOutput(shape: number[], dtype: DataType, address?: number): TensorInfo
}

/** What kernels of our own are made of. Addresses are bytes in the memory of the backend. */
export interface Native {
  readonly backend: WasmBackend
  readonly arithmetic: Arithmetic
  /** The exported functions of all modules. Numbers are addresses, sizes and flags, or float32. */
  readonly call: { readonly [name in FunctionName]: (...args: (number | boolean)[]) => number }
  /** Where the values of a tensor lie. */
  address(x: TensorInfo): number
  /** A tensor without values yet. */
  output(shape: readonly number[], dtype?: DataType): TensorInfo
  /** Room for intermediate results, at a multiple of 64, until the next call of `scratch`. */
  scratch(bytes: number): number
}

/** The variant this runtime can run, or undefined where our kernels can't run at all. */
export function supported({ wasm }: WasmBackend): Arithmetic | undefined {
  // the threaded build of TensorFlow.js, in browsers only, has a shared memory
  if (!(memoryOf(wasm)?.buffer instanceof ArrayBuffer)) return undefined
  return (['fma', 'simd'] as const).find((variant) => WebAssembly.validate(bytesOf(gemm[variant])))
}

// of each backend once for each variant: what is asked for again has its scratch already
const instances = new WeakMap<WasmBackend, { [variant in Arithmetic]?: Promise<Native> }>()

/** Instantiates the modules on the memory of a backend, once. */
export function instantiate(backend: WasmBackend, arithmetic: Arithmetic): Promise<Native> {
  const made = instances.get(backend) ?? {}
  instances.set(backend, made)
  made[arithmetic] ??= link(backend, arithmetic)
  return made[arithmetic]
}

async function link(backend: WasmBackend, arithmetic: Arithmetic): Promise<Native> {
  const { wasm, dataIdMap } = backend
  const imports = { env: { memory: memoryOf(wasm)! } }
  const linked = await Promise.all(
    modules.map((module) => WebAssembly.instantiate(bytesOf(module[arithmetic]), imports)),
  )
  const call = Object.assign({}, ...linked.map(({ instance }) => instance.exports))
  return {
    backend,
    arithmetic,
    call,
    address: (x) => dataIdMap.get(x.dataId).memoryOffset,
    output: (shape, dtype = 'float32') => backend.makeOutput([...shape], dtype),
    scratch: growing(wasm),
  }
}

/** Several pieces of scratch, each at a multiple of 64. */
export function room<Sizes extends readonly number[]>(
  native: Native,
  ...sizes: Sizes
): { [i in keyof Sizes]: number } {
  const starts = [0]
  for (const size of sizes) starts.push(starts.at(-1)! + Math.ceil(size / 64) * 64)
  const address = native.scratch(starts.pop()!)
  return starts.map((start) => address + start) as { [i in keyof Sizes]: number }
}

// Above 2 GB malloc's result is a negative number.
function growing({ _malloc, _free }: WasmBackend['wasm']): Native['scratch'] {
  let [address, size] = [0, 0]
  return (bytes) => {
    if (bytes > size) {
      if (size > 0) _free(address)
      address = _malloc(bytes + 64) >>> 0
      size = bytes
    }
    return Math.ceil(address / 64) * 64
  }
}

// exports have other names in other builds of TensorFlow.js
function memoryOf({ asm }: WasmBackend['wasm']): WebAssembly.Memory | undefined {
  return Object.values(asm).find((value) => value instanceof WebAssembly.Memory)
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
