import {
  checkOptions,
  described,
  either,
  flag,
  innerStep,
  normalisation,
  type OptionsSchema,
  oneOf,
  options,
  positive,
  rate,
  role,
  width,
} from '@kshot/core/options'

const innerSteps = either(
  innerStep,
  options({ train: innerStep, test: innerStep }, 'train', 'test'),
)

const cell = {
  units: described('Of both LSTM layers. Default: 20.', { ...width, maximum: 1024 }),
  preprocess: either(rate, oneOf('none')),
  outputScale: rate,
}

// What the options of each factory may be; the cards show it, the factories check by it.
export const cellOptions = options(cell)
export const trainingOptions = options(
  {
    model: role('model'),
    ...cell,
    steps: { ...innerStep, minimum: 1 },
    window: { ...innerStep, minimum: 1 },
    secondOrder: flag,
    objective: oneOf('loss', 'log-loss'),
  },
  'model',
)
export const metaLstmOptions = options(
  {
    model: role('model'),
    ways: described('Output units of the head.', width),
    steps: described('On the support set. Default: 8.', innerSteps),
    units: described('Of the LSTM. Default: 20.', { ...width, maximum: 1024 }),
    normalisation: normalisation(['batch-separate', 'none']),
  },
  'model',
  'ways',
)
export const learnedOptimizerOptions = options({
  weights: described('mlp, quadratics, or a checkpoint in base64. Default: mlp.', {
    type: 'string',
    minLength: 1,
  }),
})

/** @throws `learned-optimizer/bad-option` */
export function check(name: string, schema: OptionsSchema, given: unknown): void {
  checkOptions('learned-optimizer/bad-option', name, schema, given)
}

const seed = either({ type: 'string' }, { type: 'number' })
const spread = rate
export const linearMapOptions = options({ spread })
export const quadraticsOptions = options({ seed, dimensions: positive, spread }, 'seed')
/** Without `data`, which is no plain value. */
export const classificationsOptions = options(
  {
    model: role('model'),
    seed,
    classes: positive,
    batches: positive,
    batch: positive,
    pool: positive,
  },
  'model',
  'seed',
)
