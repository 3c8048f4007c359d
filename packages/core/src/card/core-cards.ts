import { customEncoderOptions } from '../encoder-options'
import {
  adapterOptions,
  cnnOptions,
  conv4Options,
  convMapsOptions,
  embeddingsOptions,
  finnNetOptions,
  mlpOptions,
  resnet12Options,
} from '../nn/model-options'
import {
  adamOptions,
  adamwOptions,
  constantOptions,
  cosineOptions,
  linearOptions,
  momentumOptions,
  piecewiseOptions,
  rmspropOptions,
  sgdOptions,
  stepOptions,
  warmUpOptions,
} from '../optim/schemas'
import type { OptionsSchema } from '../options/schema'
import type { PartCard } from './card'

function card(
  part: PartCard['role'],
  name: string,
  sentence: string,
  schema: OptionsSchema,
): PartCard {
  return {
    role: part,
    factory: { package: '@kshot/core', export: name },
    sentence,
    options: schema,
  }
}

const models = [
  card(
    'model',
    'conv4',
    'four blocks of convolution, batch norm, ReLU and max-pool, flattened (Snell et al. 2017)',
    conv4Options,
  ),
  card(
    'model',
    'resnet12',
    'four residual blocks with dropout and DropBlock, flattened (Lee et al. 2019)',
    resnet12Options,
  ),
  card(
    'model',
    'finnNet',
    'four convolutions of stride 2, then the mean over space (Finn et al. 2017)',
    finnNetOptions,
  ),
  card(
    'model',
    'convMaps',
    'four blocks that keep their feature maps (Sung et al. 2018)',
    convMapsOptions,
  ),
  card(
    'model',
    'cnn',
    'the small CNN of tutorials: convolutions, a dense layer, a head',
    cnnOptions,
  ),
  card('model', 'mlp', 'dense layers with an activation between', mlpOptions),
  card(
    'model',
    'adapter',
    'for the top of an encoder: a linear map that begins as the identity (after Gao et al. 2021)',
    adapterOptions,
  ),
  card(
    'model',
    'embeddings',
    'examples as they are, or embeddings of an encoder; with a net on top, or none',
    embeddingsOptions,
  ),
]

const optimizers = [
  card('optimizer', 'adam', 'Adam (Kingma & Ba 2015)', adamOptions),
  card(
    'optimizer',
    'adamw',
    'Adam with decoupled weight decay (Loshchilov & Hutter 2019)',
    adamwOptions,
  ),
  card('optimizer', 'rmsprop', 'RMSprop (Tieleman & Hinton 2012)', rmspropOptions),
  card('optimizer', 'sgd', 'gradient descent', sgdOptions),
  card('optimizer', 'momentum', 'gradient descent with momentum (Polyak 1964)', momentumOptions),
]

const schedules = [
  card('schedule', 'constant', 'always the same', constantOptions),
  card('schedule', 'step', 'drops at regular steps', stepOptions),
  card('schedule', 'piecewise', 'constant between boundaries', piecewiseOptions),
  card('schedule', 'linear', 'a straight line', linearOptions),
  card('schedule', 'cosine', 'half a cosine (Loshchilov & Hutter 2017)', cosineOptions),
  card(
    'schedule',
    'warmUp',
    'a straight line up, then another schedule (Goyal et al. 2017)',
    warmUpOptions,
  ),
]

const encoders = [
  card('encoder', 'customEncoder', 'an encoder that an app brings', customEncoderOptions),
]

/** Nets, optimizers, schedules and encoders of @kshot/core. */
export const cards: readonly PartCard[] = [...models, ...optimizers, ...schedules, ...encoders]
