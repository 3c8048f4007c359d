import { described, oneOf, options } from '@kshot/core/options'
import { features } from '@kshot/episodes/options'

/** What {@link IntentsOptions} may be, except where the file lies. */
export const intentsOptions = options({
  features: described('Numbers per example.', features),
  split: described(
    'all: all 150 intents are tested on, for learners without training; default: by domain.',
    oneOf('domains', 'all'),
  ),
})
