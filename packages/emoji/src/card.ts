import { type DatasetCard, options } from '@kshot/core/card'

const emoji: DatasetCard = {
  role: 'dataset',
  factory: { package: '@kshot/emoji', export: 'emoji' },
  name: 'emoji',
  sentence: '1,118 emoji in colour, each by four to seven artists',
  examples: 'pictures',
  source: 'Twitter, Google, Microsoft, Emoji One, Mozilla and Streamline',
  licence: 'CC-BY-4.0 AND Apache-2.0 AND MIT',
  split: 'groups',
  picture: { size: [64, 64], channels: 3, resize: 'area' },
  options: options({}),
}

export const cards: readonly DatasetCard[] = [emoji]
