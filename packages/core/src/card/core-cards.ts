import type { PartCard } from './card'
import {
  amount,
  count,
  decay,
  described,
  either,
  flag,
  fraction,
  initializer,
  listOf,
  oneOf,
  options,
  positive,
  rate,
  role,
} from './keywords'
import type { OptionsSchema, Schema } from './schema'

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

const blocks = {
  filters: described('Of each convolution. Default: 64.', positive),
  blocks: described('Default: 4.', positive),
  eps: described('Of batch norm: added to the variance.', rate),
  momentum: described('Of batch norm: of the newest batch in the running statistics.', fraction),
  gamma: described('Of batch norm: whether it scales. Default: true.', flag),
  innerSteps: described('Of batch norm: a γ and β for each of so many inner steps.', positive),
}

const models = [
  card(
    'model',
    'conv4',
    'four blocks of convolution, batch norm, ReLU and max-pool, flattened (Snell et al. 2017)',
    options(blocks),
  ),
  card(
    'model',
    'finnNet',
    'four convolutions of stride 2, then the mean over space (Finn et al. 2017)',
    options({ ...blocks, readout: oneOf('mean', 'flatten') }),
  ),
  card(
    'model',
    'convMaps',
    'four blocks that keep their feature maps (Sung et al. 2018)',
    options({ ...blocks, pooled: count, padding: oneOf('same', 'valid') }),
  ),
  card(
    'model',
    'cnn',
    'the small CNN of tutorials: convolutions, a dense layer, a head',
    options({ filters: listOf(positive), hidden: positive, outputs: positive }),
  ),
  card(
    'model',
    'mlp',
    'dense layers with an activation between',
    options({
      hidden: listOf(positive),
      outputs: positive,
      activation: oneOf('relu', 'tanh', 'sigmoid', 'elu', 'softplus'),
      weightInit: initializer(),
    }),
  ),
  card(
    'model',
    'embeddings',
    'examples as they are, or embeddings of an encoder; with a net on top, or none',
    options({ encoder: role('encoder'), net: role('model') }),
  ),
]

const rates: Schema = either(rate, role('schedule'))
const adam = { rate: rates, b1: decay, b2: decay, eps: rate }

const optimizers = [
  card('optimizer', 'adam', 'Adam (Kingma & Ba 2015)', options(adam, 'rate')),
  card(
    'optimizer',
    'adamw',
    'Adam with decoupled weight decay (Loshchilov & Hutter 2019)',
    options({ ...adam, weightDecay: amount }, 'rate'),
  ),
  card('optimizer', 'sgd', 'gradient descent', options({ rate: rates }, 'rate')),
  card(
    'optimizer',
    'momentum',
    'gradient descent with momentum (Polyak 1964)',
    options({ rate: rates, decay, nesterov: flag }, 'rate'),
  ),
]

const falling = options({ initial: rate, steps: positive, final: amount }, 'initial', 'steps')

const schedules = [
  card('schedule', 'constant', 'always the same', options({ value: amount }, 'value')),
  card(
    'schedule',
    'step',
    'drops at regular steps',
    options({ initial: rate, every: positive, factor: rate }, 'initial', 'every'),
  ),
  card('schedule', 'linear', 'a straight line', falling),
  card('schedule', 'cosine', 'half a cosine (Loshchilov & Hutter 2017)', falling),
  card(
    'schedule',
    'warmUp',
    'a straight line up, then another schedule (Goyal et al. 2017)',
    options({ steps: positive, to: rates, from: amount }, 'steps', 'to'),
  ),
]

const encoders = [
  card(
    'encoder',
    'customEncoder',
    'an encoder that an app brings',
    options(
      {
        name: { type: 'string', minLength: 1 },
        dimensions: positive,
        version: { type: 'string', minLength: 1 },
      },
      'name',
      'dimensions',
    ),
  ),
]

/** Nets, optimizers, schedules and encoders of @kshot/core. */
export const cards: readonly PartCard[] = [...models, ...optimizers, ...schedules, ...encoders]
