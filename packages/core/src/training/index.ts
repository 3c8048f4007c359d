export { type EvaluateOptions, type Evaluation, episodeScores, evaluate, score } from './evaluate'
export {
  addInChunks,
  CHUNK,
  executor,
  groupRanges,
  meanOf,
  sumInGroups,
  taskContext,
  taskContexts,
  taskGradient,
} from './executor'
export {
  type Best,
  type MetaTrainOptions,
  metaTrain,
  type StepReport,
  type StopReason,
  type TrainResult,
  type TrainState,
  type Validation,
} from './meta-train'
export { sequential } from './sequential'
export { type Estimate, estimate } from './statistics'
