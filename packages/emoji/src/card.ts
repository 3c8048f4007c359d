import { type DatasetCard, options } from '@kshot/core/card'

const emoji: DatasetCard = {
  role: 'dataset',
  factory: { package: '@kshot/emoji', export: 'emoji' },
  name: 'emoji',
  sentence: 'colour pictures of 1,118 emoji by up to seven artists, embedded',
  examples: 'pictures',
  source: 'Twitter, Google, Microsoft, Emoji One, Mozilla and Streamline',
  licence: 'CC-BY-4.0 AND Apache-2.0 AND MIT',
  split: 'groups',
  picture: { size: [64, 64], channels: 3, resize: 'area' },
  options: options({}),
}

export const cards: readonly DatasetCard[] = [emoji]
