import type { LearnerCard, LearnerConfig, PublishedEntry, Standard } from '@kshot/core/card'
import {
  anilOptions,
  boilOptions,
  implicitMamlOptions,
  mamlOptions,
  mamlPlusPlusOptions,
  metaSgdOptions,
  pretrainedOptions,
  reptileOptions,
} from '../options'
import { mamlPlusPlusPresets } from './maml-plus-plus-presets'
import { mamlPresets, metaSgdPresets } from './maml-presets'
import published from './published.json'
import { reptilePresets } from './reptile-presets'

const of = (...learners: readonly string[]) =>
  (published as readonly PublishedEntry[]).filter((entry) => learners.includes(entry.learner))

const conv4 = { name: 'conv4', filters: 32 } as const
const mlp = { name: 'mlp', hidden: [64], outputs: 64 } as const

const onBoth = (learner: LearnerConfig): Standard['learner'] => ({
  pictures: { ...learner, model: conv4 },
  vectors: { ...learner, model: mlp },
})

/** One output unit per label, as in the papers; `ways` is the setting's. */
const fixed = { head: 'fixed' } as const
/** Of a net that was just drawn: a few large steps. */
const steps = { innerRate: 0.4, steps: { train: 3, test: 5 } } as const
const inner = { ...fixed, ...steps }
const meta = { metaBatch: 4 } as const
/** Of all tasks of a meta-step at once. */
const atOnce = { train: meta, executor: 'vectorised' } as const

const maml: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/maml', export: 'maml' },
  name: 'MAML',
  sentence: 'parameters from which a few gradient steps learn a task; second or first order',
  paper: {
    title: 'Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks',
    authors: 'Finn, Abbeel & Levine',
    year: 2017,
    url: 'https://arxiv.org/abs/1703.03400',
  },
  options: mamlOptions,
  standard: [
    {
      name: 'maml',
      description: 'MAML, second order',
      learner: onBoth({ name: 'maml', ...inner }),
      ...atOnce,
      byDefault: true,
    },
    {
      name: 'fomaml',
      description: 'MAML, first order',
      learner: onBoth({ name: 'maml', ...inner, firstOrder: true }),
      ...atOnce,
    },
  ],
  presets: mamlPresets,
  published: of('maml', 'fomaml'),
}

const anil: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/maml', export: 'anil' },
  name: 'ANIL',
  sentence: 'MAML that adapts only the head',
  paper: {
    title: 'Rapid Learning or Feature Reuse? Towards Understanding the Effectiveness of MAML',
    authors: 'Raghu, Raghu, Bengio & Vinyals',
    year: 2020,
    url: 'https://arxiv.org/abs/1909.09157',
  },
  options: anilOptions,
  standard: [
    {
      name: 'anil',
      description: 'MAML that adapts only the head',
      learner: onBoth({ name: 'anil', ...inner }),
      ...atOnce,
    },
  ],
  presets: {},
  published: of('anil'),
}

const boil: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/maml', export: 'boil' },
  name: 'BOIL',
  sentence: 'MAML that adapts only the body',
  paper: {
    title: 'BOIL: Towards Representation Change for Few-shot Learning',
    authors: 'Oh, Yoo, Kim & Yun',
    year: 2021,
    url: 'https://arxiv.org/abs/2008.08882',
  },
  options: boilOptions,
  standard: [
    {
      name: 'boil',
      description: 'MAML that adapts only the body',
      learner: onBoth({ name: 'boil', ...steps }),
      ...atOnce,
    },
  ],
  presets: {},
  published: of('boil'),
}

const metaSgd: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/maml', export: 'metaSgd' },
  name: 'Meta-SGD',
  sentence: 'MAML with a learned rate for each parameter',
  paper: {
    title: 'Meta-SGD: Learning to Learn Quickly for Few-Shot Learning',
    authors: 'Li, Zhou, Chen & Li',
    year: 2017,
    url: 'https://arxiv.org/abs/1707.09835',
  },
  options: metaSgdOptions,
  standard: [
    {
      name: 'meta-sgd',
      description: 'MAML with a learned rate for each parameter',
      learner: onBoth({ name: 'metaSgd', ...fixed, steps: 1, initialRate: 0.1 }),
      ...atOnce,
    },
  ],
  presets: metaSgdPresets,
  published: of('metaSgd'),
}

const mamlPlusPlusLearner = {
  name: 'mamlPlusPlus',
  ...fixed,
  innerRate: 0.1,
  steps: 3,
  multiStepLoss: 300,
} as const

const mamlPlusPlus: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/maml', export: 'mamlPlusPlus' },
  name: 'MAML++',
  sentence:
    'MAML made to train steadily: learned rates, a loss for each inner step, norm for each of them',
  paper: {
    title: 'How to train your MAML',
    authors: 'Antoniou, Edwards & Storkey',
    year: 2019,
    url: 'https://arxiv.org/abs/1810.09502',
  },
  options: mamlPlusPlusOptions,
  standard: [
    {
      name: 'maml-pp',
      description: 'MAML++: learned rates, and a loss and batch norm for each inner step',
      learner: {
        pictures: { ...mamlPlusPlusLearner, model: { ...conv4, innerSteps: 3 } },
        vectors: { ...mamlPlusPlusLearner, model: mlp },
      },
      ...atOnce,
    },
  ],
  presets: mamlPlusPlusPresets,
  published: of('mamlPlusPlus'),
}

const implicitMaml: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/maml', export: 'implicitMaml' },
  name: 'Implicit MAML',
  sentence: 'a meta-gradient that depends only on where the inner loop ends',
  paper: {
    title: 'Meta-Learning with Implicit Gradients',
    authors: 'Rajeswaran, Finn, Kakade & Levine',
    year: 2019,
    url: 'https://arxiv.org/abs/1909.04630',
  },
  options: implicitMamlOptions,
  standard: [
    {
      name: 'imaml',
      description: 'implicit MAML',
      // Near its authors' code, where 16 steps are free and one after them holds to the start.
      learner: onBoth({
        name: 'implicitMaml',
        ...fixed,
        innerRate: 0.1,
        steps: 16,
        lambda: 0.1,
        damping: 10,
      }),
      ...atOnce,
      tuningTrials: 6,
    },
  ],
  presets: {},
  published: of('implicitMaml'),
}

const reptile: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/maml', export: 'reptile' },
  name: 'Reptile',
  sentence: 'parameters close to those that training on each task would reach',
  paper: {
    title: 'On First-Order Meta-Learning Algorithms',
    authors: 'Nichol, Achiam & Schulman',
    year: 2018,
    url: 'https://arxiv.org/abs/1803.02999',
  },
  options: reptileOptions,
  standard: [
    {
      name: 'reptile',
      description: 'Reptile',
      learner: onBoth({
        name: 'reptile',
        ...fixed,
        steps: { train: 8, test: 30 },
        batch: { train: 10 },
        innerOptimizer: { name: 'adam', rate: 1e-3, b1: 0 },
      }),
      executor: 'vectorised',
      // A pool to draw mini-batches from, and no queries to learn from.
      train: {
        ...meta,
        shots: 10,
        queries: 1,
        optimizer: { name: 'sgd', rate: 1 },
        decay: 'linear',
      },
      byDefault: true,
    },
  ],
  presets: reptilePresets,
  published: of('reptile'),
}

const pretrained: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/maml', export: 'pretrained' },
  name: 'Pre-trained regression',
  sentence: 'a regression fitted to all tasks at once, then fine-tuned',
  paper: {
    title: 'Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks',
    authors: 'Finn, Abbeel & Levine',
    year: 2017,
    url: 'https://arxiv.org/abs/1703.03400',
  },
  options: pretrainedOptions,
  standard: [],
  presets: {},
  published: of('pretrained'),
}

export const cards: readonly LearnerCard[] = [
  maml,
  anil,
  boil,
  metaSgd,
  mamlPlusPlus,
  implicitMaml,
  reptile,
  pretrained,
]
