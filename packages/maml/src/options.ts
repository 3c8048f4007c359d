import {
  amount,
  checkOptions,
  count,
  described,
  either,
  flag,
  initializer,
  innerStep,
  normalisation,
  type OptionsSchema,
  oneOf,
  options,
  positive,
  rate,
  regex,
  role,
  type Schema,
  tuple,
  width,
} from '@kshot/core/options'

/** All but `batch-joint`: the inner loop has seen no queries. */
const modes = normalisation(['batch-separate', 'support+one', 'running', 'none'])

/** What the learners of this package have in common; see `NetworkOptions`. */
const network = {
  model: role('model'),
  head: oneOf('fixed', 'shared', 'none'),
  ways: described('Of a fixed head.', width),
  headInit: initializer(),
  normalisation: modes,
}

const steps: Schema = either(
  innerStep,
  options({ train: innerStep, test: innerStep }, 'train', 'test'),
)
const some = { ...innerStep, minimum: 1 }
const someSteps: Schema = either(some, options({ train: some, test: some }, 'train', 'test'))
const adapts = regex

const inner = {
  innerRate: rate,
  innerOptimizer: role('optimizer'),
  steps,
  firstOrder: flag,
}

const { head: _, ...headless } = network
const required = ['model', 'innerRate', 'steps'] as const

// What the options of each factory may be; the cards show it, the factories check by it.
export const mamlOptions = options({ ...network, ...inner, adapts }, ...required)
export const anilOptions = options({ ...network, ...inner }, ...required)
export const boilOptions = options({ ...headless, ...inner }, ...required, 'ways')

export const metaSgdOptions = options(
  {
    ...network,
    initialRate: either(rate, tuple(rate, rate)),
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
    solverSteps: some,
    damping: amount,
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
    steps: innerStep,
    adapts,
  },
  ...required,
)

/** @throws `maml/bad-option` */
export function checkMamlOptions(name: string, schema: OptionsSchema, options: unknown): void {
  checkOptions('maml/bad-option', name, schema, options)
}
