export { type GpuDevice, gpuDevices } from './devices'
export { type NodeGpuOptions, nodeGpu } from './node-gpu'
