import type { DatasetCard } from '@kshot/core/card'
import { intentsOptions } from './options'

const intents: DatasetCard = {
  role: 'dataset',
  factory: { package: '@kshot/intents', export: 'intents' },
  name: 'intents',
  sentence: 'requests with 150 intents (CLINC150), as texts or hashed n-grams',
  examples: 'texts',
  source: 'Larson et al. 2019',
  licence: 'CC-BY-3.0',
  split: 'domains',
  options: intentsOptions,
}

export const cards: readonly DatasetCard[] = [intents]
