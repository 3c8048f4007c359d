/** For writing your own network: layers, and functions that combine them. */

export { solvePositive } from '../linalg/solve-positive'
export { type Activation, activation } from './activation'
export { type BatchNormOptions, batchNorm } from './batch-norm'
export {
  type BatchNormTrained,
  type BatchNormTrainOptions,
  batchNormTrain,
} from './batch-norm-train'
export { type ConvBlockOptions, convBlock } from './conv-block'
export { type Conv2dOptions, conv2d } from './conv2d'
export { type DenseOptions, dense } from './dense'
export { type DropBlockOptions, dropBlock, dropout } from './drop'
export { flatten } from './flatten'
export { drawWeight, type Initializer } from './init'
export { type Layer, type LayerOptions, model, type ShapedModel, stateless } from './layer'
export { leakyRelu } from './leaky-relu'
export {
  type LstmOptions,
  type LstmState,
  type LstmWeights,
  lstmInput,
  lstmStep,
  lstmWeights,
} from './lstm'
export { globalAveragePool, maxPool } from './pool'
export { type ResidualBlockOptions, residualBlock } from './residual-block'
export { series } from './series'
