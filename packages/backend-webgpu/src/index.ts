export type { Power } from './adapter'
export { type WebGPUOptions, webgpu } from './webgpu'
