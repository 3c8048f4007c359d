import { fraction, normalisation, oneOf, options, rate, role, width } from '@kshot/core/options'

/** What {@link RelationOptions} may be; the card shows it, the factory checks by it. */
export const relationOptions = options(
  {
    backbone: role('model'),
    filters: width,
    hidden: width,
    eps: rate,
    momentum: fraction,
    loss: oneOf('mse', 'cross-entropy'),
    shots: oneOf('sum', 'mean'),
    normalisation: normalisation(),
  },
  'backbone',
)
