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
export { type EmbeddingsOptions, embeddings, fromFunction, frozen } from './external'
export { flatten } from './flatten'
export { drawWeight, type Initializer } from './init'
export { type Layer, type LayerOptions, model, type ShapedModel, stateless } from './layer'
export * from './losses'
export {
  type LstmOptions,
  type LstmState,
  type LstmWeights,
  lstmInput,
  lstmStep,
  lstmWeights,
} from './lstm'
export {
  type CnnOptions,
  type Conv4Options,
  type ConvMapsOptions,
  cnn,
  conv4,
  convMaps,
  type FinnNetOptions,
  finnNet,
  type MlpOptions,
  mlp,
} from './models'
export { globalAveragePool, maxPool } from './pool'
export { series } from './series'
export { cosines, nearness, unitRows } from './similarity'
