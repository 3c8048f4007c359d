export * from './autodiff'
export * from './backend'
export * from './checkpoint'
export * from './classifier'
export { crc32 } from './crc32'
export { drawTensor } from './draw-tensor'
export * from './encoder'
export * from './errors'
export * from './kernels'
export * from './learner'
export * from './nn'
export * from './optim'
export {
  type ByteSource,
  type PackageFile,
  type ReadOptions,
  readPackageFile,
} from './package-file'
export { damagedFile, type PackedFile, unpackFile } from './packed-file'
export * from './random'
export * from './spec'
export * from './support'
export * from './task'
export * from './training'
export type { Params } from './tree'
export * as tree from './tree'
