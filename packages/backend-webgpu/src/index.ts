export type { Power } from './adapter'
export type { KernelChoice } from './kernels'
export { type WebGPUOptions, webgpu } from './webgpu'
