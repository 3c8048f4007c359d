export { type Activation, activation } from './activation'
export { type BatchNormOptions, batchNorm } from './batch-norm'
export { type ConvBlockOptions, convBlock } from './conv-block'
export { type Conv2dOptions, conv2d } from './conv2d'
export { type DenseOptions, dense } from './dense'
export { embeddings, fromFunction, frozen } from './external'
export { flatten } from './flatten'
export { type Initializer, drawWeight } from './init'
export { type Layer, type LayerOptions, type ShapedModel, model, stateless } from './layer'
export * from './losses'
export {
  type CnnOptions,
  type Conv4Options,
  type FinnNetOptions,
  type MlpOptions,
  cnn,
  conv4,
  finnNet,
  mlp,
} from './models'
export { globalAveragePool, maxPool } from './pool'
export { sequential } from './sequential'
