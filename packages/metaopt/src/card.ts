import {
  type LearnerCard,
  type OptionsSchema,
  onGlyphs,
  type Paper,
  type Presets,
  type PublishedEntry,
} from '@kshot/core/card'
import { logisticOptions, ridgeOptions, svmOptions } from './options'
import { metaOptNets, r2d2 } from './presets'
import published from './published.json'

const joint = { normalisation: { train: 'batch-joint', test: 'running' } } as const

const bertinetto: Paper = {
  title: 'Meta-learning with Differentiable Closed-form Solvers',
  authors: 'Bertinetto, Henriques, Torr & Vedaldi',
  year: 2019,
  url: 'https://arxiv.org/abs/1805.08136',
}

const lee: Paper = {
  title: 'Meta-Learning with Differentiable Convex Optimization',
  authors: 'Lee, Maji, Ravichandran & Soatto',
  year: 2019,
  url: 'https://arxiv.org/abs/1904.03758',
}

interface Description {
  readonly export: 'ridge' | 'logistic' | 'svm'
  readonly name: string
  readonly sentence: string
  readonly paper: Paper
  readonly options: OptionsSchema
  readonly standard: string
  /** Chosen for pictures among five, each trained for 100 steps, on validation classes of Omniglot. */
  readonly tuned: { readonly [option: string]: number }
  /** Beside the one on glyphs. */
  readonly presets: Presets
}

function card({ export: name, standard, tuned, presets, ...about }: Description): LearnerCard {
  return {
    role: 'learner',
    factory: { package: '@kshot/metaopt', export: name },
    ...about,
    standard: [
      {
        name,
        description: standard,
        learner: {
          pictures: { name, ...joint, ...tuned, backbone: { name: 'conv4', filters: 32 } },
          vectors: { name, ...joint, backbone: { name: 'mlp', hidden: [64], outputs: 64 } },
        },
        tuningTrials: 5,
      },
    ],
    published: (published as readonly PublishedEntry[]).filter(({ learner }) => learner === name),
    presets: {
      [`${name}-glyphs-5w1s`]: {
        description: `${about.name}: embedded glyphs, 5-way 1-shot`,
        config: onGlyphs({ name, backbone: { name: 'conv4', filters: 16 }, ...joint }),
      },
      ...presets,
    },
  }
}

export const cards: readonly LearnerCard[] = [
  card({
    export: 'ridge',
    name: 'R2D2',
    sentence: 'ridge regression on the examples, in closed form, inside the loss',
    paper: bertinetto,
    options: ridgeOptions,
    standard: 'R2D2: ridge regression at its optimum',
    tuned: { lambda: 30, scale: 10 },
    presets: {
      ...r2d2,
      ...metaOptNets({ name: 'ridge', lambda: 50 }, ['mini-imagenet', 'cifar-fs']),
    },
  }),
  card({
    export: 'logistic',
    name: 'LR-D2',
    sentence: 'logistic regression on the examples, at its optimum, inside the loss',
    paper: bertinetto,
    options: logisticOptions,
    standard: 'LR-D2: logistic regression at its optimum',
    tuned: { lambda: 10, scale: 2 },
    presets: {},
  }),
  card({
    export: 'svm',
    name: 'MetaOptNet',
    sentence: 'a multi-class SVM on the examples, at its optimum, inside the loss',
    paper: lee,
    options: svmOptions,
    standard: 'MetaOptNet: an SVM at its optimum',
    tuned: { c: 0.1, scale: 4 },
    presets: metaOptNets({ name: 'svm', c: 0.1 }, [
      'omniglot',
      'emoji',
      'mini-imagenet',
      'cifar-fs',
    ]),
  }),
]
