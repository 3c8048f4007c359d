import {
  depth,
  described,
  listOf,
  oneOf,
  options,
  rate,
  role,
  width,
  withDefault,
} from '@kshot/core/options'

/** What the options of each factory may be; the cards show it, the factories check by it. */
export const contextMeanOptions = options({})

export const bayesianLinearOptions = options(
  {
    model: role('model'),
    prior: described(
      '`learned`: mean and precision of the weights. `zero`: ridge, whose λ alone is learned.',
      withDefault('learned', oneOf('learned', 'zero')),
    ),
    lambda: described(
      'Initial precision of the weights, relative to the noise.',
      withDefault(1, rate),
    ),
    noise: described('Initial deviation of the noise.', withDefault(0.5, rate)),
  },
  'model',
)

export const gaussianProcessOptions = options({
  length: described('Initial length scale of each input.', withDefault(1, rate)),
  noise: described('Initial deviation of the noise.', withDefault(0.5, rate)),
})

export const neuralProcessOptions = options({
  hidden: described(
    'Units of the layers of encoder and decoder.',
    withDefault([64, 64], { ...listOf(width), maxItems: depth.maximum }),
  ),
  width: described('Numbers of the representation of a support set.', withDefault(64, width)),
})
