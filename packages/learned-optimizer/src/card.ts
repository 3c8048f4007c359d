import { type LearnerCard, onGlyphs, type PartCard } from '@kshot/core/card'
import { learnedOptimizerOptions, metaLstmOptions } from './options'

const glyphs = onGlyphs({ name: 'metaLstm', model: { name: 'conv4', filters: 16 }, ways: 5 })

const metaLstm: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/learned-optimizer', export: 'metaLstm' },
  name: 'Meta-LSTM',
  sentence: 'an LSTM that learns where to start and how to step on a task',
  paper: {
    title: 'Optimization as a Model for Few-Shot Learning',
    authors: 'Ravi & Larochelle',
    year: 2017,
    url: 'https://openreview.net/forum?id=rJY0-Kcll',
  },
  options: metaLstmOptions,
  standard: [
    {
      name: 'meta-lstm',
      description: 'an LSTM that learns where to start and how to step',
      learner: {
        pictures: { name: 'metaLstm', model: { name: 'conv4', filters: 32 } },
        vectors: { name: 'metaLstm', model: { name: 'mlp', hidden: [64], outputs: 64 } },
      },
      train: { metaBatch: 4 },
      executor: 'vectorised',
    },
  ],
  presets: {
    'meta-lstm-glyphs-5w1s': {
      description: 'Meta-LSTM: embedded glyphs, 5-way 1-shot',
      // One output unit a class, so it is trained with as many as it is tested with.
      config: { ...glyphs, train: { ...glyphs.train, ways: 5 } },
    },
  },
  published: [],
}

const learnedOptimizer: PartCard = {
  role: 'optimizer',
  factory: { package: '@kshot/learned-optimizer', export: 'learnedOptimizer' },
  sentence: 'an LSTM that was trained to optimise (Andrychowicz et al. 2016)',
  options: learnedOptimizerOptions,
}

export const cards: readonly (LearnerCard | PartCard)[] = [metaLstm, learnedOptimizer]
