import {
  decay,
  depth,
  described,
  flag,
  fraction,
  initializer,
  innerStep,
  listOf,
  oneOf,
  options,
  positive,
  rate,
  role,
  tuple,
  width,
} from '../options/keywords'

const blocks = {
  filters: described('Of each convolution. Default: 64.', width),
  blocks: described('Default: 4.', depth),
  eps: described('Of batch norm: added to the variance.', rate),
  momentum: described('Of batch norm: of the newest batch in the running statistics.', fraction),
  gamma: described('Of batch norm: whether it scales. Default: true.', flag),
  innerSteps: described('Of batch norm: a γ and β for each of so many inner steps.', {
    ...innerStep,
    minimum: 1,
  }),
}

// What the options of each net may be; the cards show it, the factories check by it.
export const conv4Options = options(blocks)
export const finnNetOptions = options({ ...blocks, readout: oneOf('mean', 'flatten') })
export const convMapsOptions = options({
  ...blocks,
  pooled: { ...width, minimum: 0 },
  padding: oneOf('same', 'valid'),
})
export const cnnOptions = options({
  filters: { ...listOf(width), maxItems: depth.maximum },
  hidden: width,
  outputs: width,
})
export const mlpOptions = options({
  hidden: { ...listOf(width), maxItems: depth.maximum },
  outputs: width,
  activation: oneOf('relu', 'tanh', 'sigmoid', 'elu', 'softplus'),
  weightInit: initializer(),
})
export const resnet12Options = options({
  filters: described(
    'Of each block. Default: 64, 160, 320, 640.',
    tuple(width, width, width, width),
  ),
  dropRate: described('Share that is dropped in training. Default: 0.1.', decay),
  dropBlock: described('Side of the squares that are dropped. Default: 5.', positive),
  rampPasses: described(
    'Training passes until squares are dropped at that rate. Default: 40,000.',
    positive,
  ),
  readout: oneOf('mean', 'flatten'),
  eps: blocks.eps,
  momentum: blocks.momentum,
})
export const adapterOptions = options({
  roots: described('Takes √|x| sign x first, scaled to length 1. Default: false.', flag),
})
export const embeddingsOptions = options({ encoder: role('encoder'), net: role('model') })
