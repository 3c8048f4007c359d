export type { KernelChoice } from './kernels'
export { type WasmOptions, wasm } from './wasm'
