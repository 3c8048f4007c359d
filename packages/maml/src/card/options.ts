import {
  count,
  described,
  either,
  flag,
  initializer,
  normalisation,
  oneOf,
  options,
  positive,
  rate,
  role,
  type Schema,
} from '@kshot/core/card'

const modes = normalisation(['batch-separate', 'support+one', 'running', 'none'])

/** What the learners of this package have in common; see `NetworkOptions`. */
export const network = {
  model: role('model'),
  head: oneOf('fixed', 'shared', 'none'),
  ways: described('Of a fixed head.', positive),
  headInit: initializer(),
  normalisation: modes,
}

export const steps: Schema = either(count, options({ train: count, test: count }, 'train', 'test'))
export const someSteps: Schema = either(
  positive,
  options({ train: positive, test: positive }, 'train', 'test'),
)
/** A regular expression. */
const adapts: Schema = { type: 'string' }

const inner = {
  innerRate: rate,
  innerOptimizer: role('optimizer'),
  steps,
  firstOrder: flag,
}

const { head: _, ...headless } = network
const required = ['model', 'innerRate', 'steps'] as const

export const mamlOptions = options({ ...network, ...inner, adapts }, ...required)
export const anilOptions = options({ ...network, ...inner }, ...required)
export const boilOptions = options({ ...headless, ...inner }, ...required, 'ways')

export const metaSgdOptions = options(
  {
    ...network,
    initialRate: either(rate, {
      type: 'array',
      prefixItems: [rate, rate],
      items: false,
      minItems: 2,
    }),
    steps,
    firstOrder: flag,
    adapts,
  },
  'model',
)

export const mamlPlusPlusOptions = options(
  {
    ...network,
    innerRate: rate,
    steps: someSteps,
    adapts,
    learnsRates: flag,
    multiStepLoss: count,
    secondOrderFrom: count,
  },
  ...required,
)

export const reptileOptions = options(
  {
    ...network,
    steps: someSteps,
    innerOptimizer: role('optimizer'),
    batch: options({ train: positive, test: positive }),
  },
  'model',
  'steps',
)

export const implicitMamlOptions = options(
  {
    ...network,
    innerRate: rate,
    steps: someSteps,
    lambda: rate,
    solverSteps: positive,
    damping: { type: 'number', minimum: 0 },
  },
  ...required,
  'lambda',
)

export const pretrainedOptions = options(
  {
    model: role('model'),
    normalisation: modes,
    innerRate: rate,
    innerOptimizer: role('optimizer'),
    steps: count,
    adapts,
  },
  ...required,
)
