export {
  grad,
  hvp,
  stopGradient,
  type ValueAndGradient,
  valueAndGrad,
  type WithAux,
} from './autodiff'
export * from './checkpoint'
export * from './classifier'
export * from './compare-episodes'
export { coreRegistry } from './core-registry'
export { crc32 } from './crc32'
export { drawTensor } from './draw-tensor'
export { cached, type EmbeddingStore, memoryStore } from './embedding-cache'
export * from './encoder'
export * from './errors'
export * from './learner'
export { checkMeta } from './meta-shapes'
export * from './nn/adapter'
export * from './nn/external'
export { outputShapeOf, type ShapedModel } from './nn/layer'
export * from './nn/losses'
export * from './nn/models'
export { type ResNet12Options, resnet12 } from './nn/resnet12'
export * from './nn/similarity'
export * from './normalisation'
export * from './optim'
export type { OptionsSchema, Role, Schema } from './options/schema'
export {
  type ByteSource,
  type PackageFile,
  type ReadOptions,
  readPackageFile,
} from './package-file'
export { damagedFile, type PackedFile, unpackFile } from './packed-file'
export * from './parts'
export { type Program, type ProgramOptions, program } from './program/program'
export * from './random'
export * from './registry'
export * from './spec'
export * from './step-tensor'
export * from './support'
export * from './task'
export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
} from './training/evaluate'
export { metaTrain } from './training/meta-train'
export type {
  Best,
  MetaTrainOptions,
  StepReport,
  StopReason,
  TrainResult,
  TrainState,
  Validation,
} from './training/meta-train-options'
export { sequential } from './training/sequential'
export { type Estimate, estimate } from './training/statistics'
export type { Params } from './tree'
export * as tree from './tree'
export { type Availability, type Backend, type DeviceInfo, useBackend } from './use-backend'
