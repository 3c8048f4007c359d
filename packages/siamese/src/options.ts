import {
  amount,
  initializer,
  normalisation,
  oneOf,
  options,
  role,
  tuple,
  width,
} from '@kshot/core/options'

/** What {@link SiameseOptions} may be; the card shows it, the factory checks by it. */
export const siameseOptions = options(
  {
    backbone: role('model'),
    shots: oneOf('max', 'mean'),
    headInit: initializer('distance'),
    regularisation: amount,
    // In training both sides of all pairs are one batch, where the batch is normalised.
    normalisation: normalisation(
      ['running', 'batch-joint', 'none'],
      ['running', 'batch-joint', 'batch-separate', 'support+one', 'none'],
    ),
  },
  'backbone',
)

/** What {@link KochNetOptions} may be. */
export const kochNetOptions = options({
  filters: tuple(width, width, width, width),
  units: width,
  initializer: oneOf('koch', 'torch'),
})
