import {
  described,
  either,
  flag,
  oneOf,
  options,
  positive,
  text,
  tuple,
  width,
  withDefault,
} from '@kshot/core/options'
import { ownOptions } from '../own-options'
import { FITS } from './fit'

/** Options of a folder of pictures that configurations take too. */
export const imageChoices = {
  ...ownOptions,
  size: described(
    'Height and width; default: the pictures’ own, between 28 and 84 pixels.',
    tuple(width, width),
  ),
  channels: described(
    '1 for grey, 4 for the colours and a last band, such as transparency or infrared; default: 3 if a picture has colours.',
    { enum: [1, 3, 4] },
  ),
  resize: described(
    '`area` averages pixels, `nearest` picks one.',
    withDefault('area', oneOf('nearest', 'area')),
  ),
  fit: described(
    'How pictures of other proportions are fitted to the size: cropped, padded with white, or stretched.',
    oneOf(...FITS),
  ),
  bits: described('Bits per channel that 16-bit pictures use; found by default.', {
    type: 'integer',
    minimum: 8,
    maximum: 16,
  }),
  invert: described('Turns black on white into ink = 1.', withDefault(false, flag)),
  minImages: described('Classes with fewer pictures are left out.', positive),
  onBroken: described(
    'Whether unreadable pictures are an error or are left out.',
    oneOf('refuse', 'skip'),
  ),
  splitFolders: described(
    '`merge`: folders such as train/ and test/ are no splits; the seed assigns all classes.',
    oneOf('use', 'merge'),
  ),
} as const

/** What {@link ImageFolderOptions} may be. */
export const imageFolderOptions = options({
  ...imageChoices,
  cache: either(text, { enum: [false] }),
})
