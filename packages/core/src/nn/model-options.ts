import {
  count,
  described,
  flag,
  fraction,
  initializer,
  listOf,
  oneOf,
  options,
  positive,
  rate,
  role,
} from '../options/keywords'

const blocks = {
  filters: described('Of each convolution. Default: 64.', positive),
  blocks: described('Default: 4.', positive),
  eps: described('Of batch norm: added to the variance.', rate),
  momentum: described('Of batch norm: of the newest batch in the running statistics.', fraction),
  gamma: described('Of batch norm: whether it scales. Default: true.', flag),
  innerSteps: described('Of batch norm: a γ and β for each of so many inner steps.', positive),
}

// What the options of each net may be; the cards show it, the factories check by it.
export const conv4Options = options(blocks)
export const finnNetOptions = options({ ...blocks, readout: oneOf('mean', 'flatten') })
export const convMapsOptions = options({
  ...blocks,
  pooled: count,
  padding: oneOf('same', 'valid'),
})
export const cnnOptions = options({
  filters: listOf(positive),
  hidden: positive,
  outputs: positive,
})
export const mlpOptions = options({
  hidden: listOf(positive),
  outputs: positive,
  activation: oneOf('relu', 'tanh', 'sigmoid', 'elu', 'softplus'),
  weightInit: initializer(),
})
export const embeddingsOptions = options({ encoder: role('encoder'), net: role('model') })
