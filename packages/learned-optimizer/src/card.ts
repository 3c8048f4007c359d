import {
  count,
  described,
  either,
  type LearnerCard,
  normalisation,
  onGlyphs,
  options,
  type PartCard,
  positive,
  role,
} from '@kshot/core/card'

const innerSteps = either(count, options({ train: count, test: count }, 'train', 'test'))

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
  options: options(
    {
      model: role('model'),
      ways: described('Output units of the head.', positive),
      steps: described('On the support set. Default: 8.', innerSteps),
      units: described('Of the LSTM. Default: 20.', positive),
      normalisation: normalisation(['batch-separate', 'none']),
    },
    'model',
    'ways',
  ),
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
  options: options({
    weights: described('mlp, quadratics, or a checkpoint in base64. Default: mlp.', {
      type: 'string',
    }),
  }),
}

export const cards: readonly (LearnerCard | PartCard)[] = [metaLstm, learnedOptimizer]
