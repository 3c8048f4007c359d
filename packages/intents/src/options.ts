import { described, oneOf, options } from '@kshot/core/options'
import { features } from '@kshot/episodes/options'

/** What {@link IntentsOptions} may be, except where the file lies. */
export const intentsOptions = options({
  features,
  split: described(
    '`all` tests on all 150 intents, for learners without training; default: `domains`.',
    oneOf('domains', 'all'),
  ),
})
