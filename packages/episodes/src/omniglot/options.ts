import { described, oneOf, options, seed, width, withDefault } from '@kshot/core/options'

/** Options of Omniglot that configurations take too. */
export const omniglotChoices = {
  split: described(
    'Whose training, validation and test characters.',
    withDefault('vinyals', oneOf('vinyals', 'finn', 'lake')),
  ),
  resize: described(
    '`nearest`: the papers’ pixels.',
    withDefault('nearest', oneOf('nearest', 'area')),
  ),
}

/** What {@link OmniglotOptions} may be. */
export const omniglotOptions = options(
  {
    ...omniglotChoices,
    rotations: oneOf('all', 'train', 'none'),
    seed,
    size: { ...width, maximum: 1024 },
  },
  'split',
)
