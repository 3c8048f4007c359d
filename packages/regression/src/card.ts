import type { LearnerCard } from '@kshot/core/card'
import {
  bayesianLinearOptions,
  contextMeanOptions,
  gaussianProcessOptions,
  neuralProcessOptions,
} from './options'

const factory = (name: string) => ({ package: '@kshot/regression', export: name })
/** For regressions alone: no standard configuration of a classifier, and no published accuracy. */
const regression = { role: 'learner', standard: [], presets: {}, published: [] } as const

export const cards: readonly LearnerCard[] = [
  {
    ...regression,
    factory: factory('bayesianLinear'),
    name: 'ALPaCA',
    sentence: 'regression: Bayesian linear regression on learned features, with intervals',
    paper: {
      title: 'Meta-Learning Priors for Efficient Online Bayesian Regression',
      authors: 'Harrison, Sharma & Pavone',
      year: 2018,
      url: 'https://arxiv.org/abs/1807.08912',
    },
    options: bayesianLinearOptions,
  },
  {
    ...regression,
    factory: factory('neuralProcess'),
    name: 'Conditional Neural Processes',
    sentence: 'regression: the mean of encoded points, decoded at each query, with intervals',
    paper: {
      title: 'Conditional Neural Processes',
      authors: 'Garnelo, Rosenbaum, Maddison, Ramalho, Saxton, Shanahan, Teh, Rezende & Eslami',
      year: 2018,
      url: 'https://arxiv.org/abs/1807.01613',
    },
    options: neuralProcessOptions,
  },
  {
    ...regression,
    factory: factory('gaussianProcess'),
    name: 'Gaussian process',
    sentence: 'regression: a Gaussian process whose kernel fits the training tasks',
    paper: {
      title: 'Gaussian Processes for Machine Learning',
      authors: 'Rasmussen & Williams',
      year: 2006,
      url: 'https://gaussianprocess.org/gpml/',
    },
    options: gaussianProcessOptions,
  },
  {
    ...regression,
    factory: factory('contextMean'),
    name: 'Mean of context',
    sentence: 'regression: the mean of the support targets, nothing trained',
    paper: {
      title: 'Theory of Point Estimation',
      authors: 'Lehmann & Casella',
      year: 1998,
      url: 'https://doi.org/10.1007/b98854',
    },
    untrained: true,
    options: contextMeanOptions,
  },
]
