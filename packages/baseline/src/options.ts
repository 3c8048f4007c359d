import { amount, innerStep, oneOf, options, positive, rate, role } from '@kshot/core/options'

const backbone = role('model')

/** What the options of each factory may be; the cards show it, the factories check by it. */
export const fineTunedOptions = options(
  {
    backbone,
    head: oneOf('linear', 'cosine'),
    scale: rate,
    steps: innerStep,
    rate,
    weightDecay: amount,
    headInit: oneOf('symmetric', 'random'),
  },
  'backbone',
)
export const simpleShotOptions = options(
  { backbone, transform: oneOf('none', 'L2N', 'CL2N') },
  'backbone',
)
export const nearestNeighboursOptions = options({ backbone, k: positive }, 'backbone')
export const nearestCentroidOptions = options({ backbone }, 'backbone')
