import type { LearnerCard, PublishedEntry } from '@kshot/core/card'
import {
  fineTunedOptions,
  nearestCentroidOptions,
  nearestNeighboursOptions,
  simpleShotOptions,
} from '../options'
import { classifierPresets, untrainedPresets } from './presets'
import published from './published.json'

const conv4 = { name: 'conv4', filters: 32 } as const
const mlp = { name: 'mlp', hidden: [64], outputs: 64 } as const
const raw = { name: 'embeddings' } as const

const of = (learner: string) =>
  (published as readonly PublishedEntry[]).filter((entry) => entry.learner === learner)

const fineTuned: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/baseline', export: 'fineTuned' },
  name: 'Baseline and Baseline++',
  sentence: 'a classifier of all training classes, then a new head for each task',
  paper: {
    title: 'A Closer Look at Few-shot Classification',
    authors: 'Chen, Liu, Kira, Wang & Huang',
    year: 2019,
    url: 'https://arxiv.org/abs/1904.04232',
  },
  options: fineTunedOptions,
  standard: [
    {
      name: 'baseline',
      description: 'a classifier over all training classes, then a new linear head',
      learner: {
        pictures: { name: 'fineTuned', head: 'linear', backbone: conv4 },
        vectors: { name: 'fineTuned', head: 'linear', backbone: mlp },
      },
    },
    {
      name: 'baseline-pp',
      description: 'a classifier over all training classes, then a new cosine head',
      learner: {
        pictures: { name: 'fineTuned', head: 'cosine', backbone: conv4 },
        vectors: { name: 'fineTuned', head: 'cosine', backbone: mlp },
      },
    },
  ],
  presets: { ...classifierPresets.baseline, ...classifierPresets.baselinepp },
  published: of('fineTuned'),
}

const simpleShot: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/baseline', export: 'simpleShot' },
  name: 'SimpleShot',
  sentence: 'a classifier of all training classes, then the nearest centroid of its features',
  paper: {
    title: 'SimpleShot: Revisiting Nearest-Neighbor Classification for Few-Shot Learning',
    authors: 'Wang, Chao, Weinberger & van der Maaten',
    year: 2019,
    url: 'https://arxiv.org/abs/1911.04623',
  },
  options: simpleShotOptions,
  standard: [
    {
      name: 'simpleshot',
      description: 'a classifier over all training classes, then nearest centroid',
      learner: {
        pictures: { name: 'simpleShot', transform: 'CL2N', backbone: conv4 },
        vectors: { name: 'simpleShot', transform: 'CL2N', backbone: mlp },
      },
      byDefault: true,
    },
  ],
  presets: classifierPresets.simpleshot,
  published: of('simpleShot'),
}

const nearestNeighbours: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/baseline', export: 'nearestNeighbours' },
  name: 'k nearest neighbours',
  sentence: 'k nearest neighbours by cosine, nothing trained',
  paper: {
    title: 'Nearest neighbor pattern classification',
    authors: 'Cover & Hart',
    year: 1967,
    url: 'https://doi.org/10.1109/TIT.1967.1053964',
  },
  untrained: true,
  options: nearestNeighboursOptions,
  standard: [
    {
      name: 'nearest-neighbours',
      description: 'three nearest neighbours on raw examples; learns nothing',
      learner: {
        pictures: { name: 'nearestNeighbours', backbone: raw, k: 3 },
        vectors: { name: 'nearestNeighbours', backbone: raw, k: 3 },
      },
    },
  ],
  presets: untrainedPresets.knn,
  published: of('nearestNeighbours'),
}

const nearestCentroid: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/baseline', export: 'nearestCentroid' },
  name: 'Nearest centroid',
  sentence: 'the nearest class mean, nothing trained',
  paper: {
    title: 'Distance-Based Image Classification: Generalizing to New Classes at Near-Zero Cost',
    authors: 'Mensink, Verbeek, Perronnin & Csurka',
    year: 2013,
    url: 'https://doi.org/10.1109/TPAMI.2013.83',
  },
  untrained: true,
  options: nearestCentroidOptions,
  standard: [
    {
      name: 'nearest-centroid',
      description: 'nearest centroid on raw examples; learns nothing',
      learner: {
        pictures: { name: 'nearestCentroid', backbone: raw },
        vectors: { name: 'nearestCentroid', backbone: raw },
      },
      byDefault: true,
    },
  ],
  presets: { ...untrainedPresets.pixels, ...untrainedPresets.randomNet },
  published: of('nearestCentroid'),
}

export const cards: readonly LearnerCard[] = [
  fineTuned,
  simpleShot,
  nearestNeighbours,
  nearestCentroid,
]
