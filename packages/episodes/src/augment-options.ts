import { described, flag, options, decay as share } from '@kshot/core/options'

/** What {@link AugmentOptions} may be. */
export const augmentOptions = options({
  flip: described('Mirrors every other picture.', flag),
  crop: described(
    'The largest share of each side that is cut away; what is left fills the picture again.',
    share,
  ),
  brightness: described('Added to values from 0 to 1, in ± of it.', share),
  contrast: described('A share: 0.2 is 0.8 to 1.2.', share),
  saturation: described('A share: 0.2 is 0.8 to 1.2.', share),
})
