export type { CellOptions, CellState } from './cell'
export { type ClassificationsOptions, classifications, type Examples } from './classifications'
export { descend } from './descend'
export {
  type LearnedOptimizerOptions,
  learnedOptimizer,
  type ShippedWeights,
} from './learned-optimizer'
export { type MetaLstmOptions, metaLstm } from './meta-lstm'
export type { Preprocess } from './preprocess'
export { type Problem, problemLoss, problemOf } from './problem'
export { type LinearMapOptions, linearMap, type QuadraticsOptions, quadratics } from './quadratics'
export {
  type Family,
  lossCurves,
  type Measure,
  type OnProblem,
  type ProblemSet,
  type Tuned,
  tunedOn,
} from './study'
export { type OptimizerTrainingOptions, optimizerTraining } from './training'
