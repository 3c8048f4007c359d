import { normalisation, oneOf, options, rate, role } from '@kshot/core/options'

/** What {@link ProtonetOptions} may be; the card shows it, the factory checks by it. */
export const protonetOptions = options(
  {
    backbone: role('model'),
    distance: oneOf('squared-euclidean', 'cosine'),
    scale: rate,
    normalisation: normalisation(),
  },
  'backbone',
)
