export type { CellOptions, CellState } from './cell'
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
export { type OptimizerTrainingOptions, optimizerTraining } from './training'
