import { customEncoder } from './encoder'
import { adapter } from './nn/adapter'
import { embeddings } from './nn/external'
import { cnn, conv4, convMaps, finnNet, mlp } from './nn/models'
import { resnet12 } from './nn/resnet12'
import {
  adam,
  adamw,
  addDecayedWeights,
  chain,
  clip,
  clipByGlobalNorm,
  constant,
  cosine,
  linear,
  momentum,
  piecewise,
  rmsprop,
  scale,
  scaleByAdam,
  scaleByLearningRate,
  scaleByRms,
  scaleBySchedule,
  sgd,
  step,
  trace,
  warmUp,
} from './optim'
import type { Registry } from './registry'

/** What of this package a spec may name: nets, optimizers, schedules. */
export const coreRegistry: Registry = {
  model: {
    '@kshot/core': { conv4, resnet12, finnNet, convMaps, cnn, mlp, adapter, embeddings },
  },
  optimizer: {
    '@kshot/core': {
      adam,
      adamw,
      sgd,
      momentum,
      rmsprop,
      chain,
      clip,
      clipByGlobalNorm,
      scale,
      scaleByAdam,
      scaleByLearningRate,
      scaleByRms,
      scaleBySchedule,
      addDecayedWeights,
      trace,
    },
  },
  schedule: { '@kshot/core': { constant, step, piecewise, linear, cosine, warmUp } },
  encoder: { '@kshot/core': { customEncoder } },
}
