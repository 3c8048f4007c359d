export {
  type AdamOptions,
  type AdamState,
  type AdamwOptions,
  adam,
  adamw,
  scaleByAdam,
} from './adam'
export { chain } from './chain'
export { clip, clipByGlobalNorm } from './clip'
export { addDecayedWeights } from './decay'
export { applyUpdates, type Optimizer, type Update, type UpdateOptions } from './optimizer'
export { type RmspropOptions, rmsprop, scaleByRms } from './rmsprop'
export { scale, scaleByLearningRate, scaleBySchedule } from './scale'
export {
  type CosineOptions,
  constant,
  cosine,
  type LinearOptions,
  linear,
  type PiecewiseOptions,
  piecewise,
  type Rate,
  type Schedule,
  type StepOptions,
  step,
  type WarmUpOptions,
  warmUp,
} from './schedules'
export { type MomentumOptions, momentum, sgd, type TraceOptions, trace } from './sgd'
