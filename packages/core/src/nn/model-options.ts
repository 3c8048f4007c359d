import {
  depth,
  described,
  flag,
  fraction,
  initializer,
  innerStep,
  listOf,
  oneOf,
  options,
  rate,
  role,
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
export const embeddingsOptions = options({ encoder: role('encoder'), net: role('model') })
