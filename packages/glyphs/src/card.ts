import { type DatasetCard, distort, options } from '@kshot/core/card'

const glyphs: DatasetCard = {
  role: 'dataset',
  factory: { package: '@kshot/glyphs', export: 'glyphs' },
  name: 'glyphs',
  sentence: 'characters of many scripts in many typefaces',
  examples: 'pictures',
  source: 'the makers of 168 typefaces',
  licence: 'OFL-1.1 AND Apache-2.0 AND Baekmuk',
  split: 'scripts',
  picture: { size: [28, 28], channels: 1, resize: 'area', fit: 'stretch', ink: true },
  options: options({ distort }),
}

export const cards: readonly DatasetCard[] = [glyphs]
