export { nativeInstall } from '@kshot/backend-node'
export { type GpuDevice, gpuDevices } from './devices'
export { describeNodeGpu, type NodeGpuOptions, nodeGpu } from './node-gpu'
