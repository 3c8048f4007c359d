import { type DatasetCard, described, distort, oneOf, options, withDefault } from '@kshot/core/card'
import { omniglotChoices } from '@kshot/episodes/options'

const omniglot: DatasetCard = {
  role: 'dataset',
  factory: { package: '@kshot/omniglot', export: 'omniglot' },
  name: 'omniglot',
  sentence: '1,623 handwritten characters of 50 alphabets',
  examples: 'pictures',
  source: 'Lake et al. 2015',
  licence: 'MIT',
  picture: { size: [28, 28], channels: 1, fit: 'stretch', ink: true },
  options: options({
    ...omniglotChoices,
    rotations: described(
      'Splits whose rotated characters are classes of their own. `per-class`: each class of an episode is rotated by its own angle (Finn et al. 2017).',
      withDefault('all', oneOf('all', 'train', 'none', 'per-class')),
    ),
    distort,
  }),
}

export const cards: readonly DatasetCard[] = [omniglot]
