import {
  type LearnerCard,
  lakeRun,
  onGlyphs,
  type Preset,
  type PublishedEntry,
  perSetting,
} from '@kshot/core/card'
import { protonetOptions } from './options'
import published from './published.json'

/**
 * Snell, Swersky & Zemel 2017, Prototypical Networks, arXiv:1703.05175, section 3.1 and appendix,
 * and their published code where the paper is silent.
 *
 * - 60-way training with the shots of the test, 5 queries per class; 15 queries per class at test
 * - conv4 with 64 filters; batch norm over support and queries together in training, with running
 *   statistics at test; eps 1e-5, momentum 0.1
 * - Adam at 1e-3, halved every 2,000 episodes; stopped once 200 validations of 100 episodes each,
 *   100 training episodes apart, have brought nothing better
 * - Vinyals' split; rotations by 90°, 180° and 270° are separate classes, at test too
 * - 1,000 test episodes
 *
 * The paper's final numbers come from training on the validation classes as well, for as many steps
 * as validation found best: `--set train.split=train+val --set train.steps=N`.
 * On the wasm backend the whole protocol takes days: bound it with `--max-seconds`, or take
 * `--set train.ways=20`.
 */
const omniglot = perSetting('protonet-omniglot', ({ ways, shots }) => {
  return {
    description: `Snell et al. 2017: Omniglot, ${ways}-way ${shots}-shot, trained 60-way`,
    config: {
      learner: {
        name: 'protonet',
        backbone: { name: 'conv4', filters: 64, eps: 1e-5, momentum: 0.1 },
        distance: 'squared-euclidean',
        normalisation: { train: 'batch-joint', test: 'running' },
      },
      dataset: { name: 'omniglot', split: 'vinyals', resize: 'nearest', rotations: 'all' },
      train: {
        ways: 60,
        shots,
        queries: 5,
        steps: 100_000,
        metaBatch: 1,
        optimizer: {
          name: 'adam',
          rate: { name: 'step', initial: 1e-3, every: 2000, factor: 0.5 },
        },
        split: 'train',
        checkpointEvery: 100,
      },
      validate: { ways, shots, queries: 15, episodes: 100, every: 100, patience: 200 },
      test: { ways, shots, queries: 15, episodes: 1000 },
      seed: 1,
    },
  }
})

/** The README's quickstart. */
const glyphs: Preset = {
  description: 'quickstart: embedded glyphs, 5-way 1-shot, about 90 seconds',
  config: {
    ...onGlyphs({
      name: 'protonet',
      backbone: { name: 'conv4', filters: 16, eps: 1e-5, momentum: 0.1 },
      distance: 'squared-euclidean',
      normalisation: { train: 'batch-joint', test: 'running' },
    }),
    tuningTrials: 4,
  },
}

const joint = { normalisation: { train: 'batch-joint', test: 'running' } } as const

const protonet: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/protonet', export: 'protonet' },
  name: 'Prototypical Networks',
  sentence: 'each class is the mean of its examples; a query takes the nearest class',
  paper: {
    title: 'Prototypical Networks for Few-shot Learning',
    authors: 'Snell, Swersky & Zemel',
    year: 2017,
    url: 'https://arxiv.org/abs/1703.05175',
  },
  options: protonetOptions,
  standard: [
    {
      name: 'protonet',
      description: 'Prototypical Networks',
      learner: {
        pictures: { name: 'protonet', ...joint, backbone: { name: 'conv4', filters: 32 } },
        vectors: {
          name: 'protonet',
          ...joint,
          backbone: { name: 'mlp', hidden: [64], outputs: 64 },
        },
      },
      byDefault: true,
    },
  ],
  presets: {
    'protonet-glyphs-5w1s': glyphs,
    ...omniglot,
    'protonet-lake': lakeRun(
      {
        name: 'protonet',
        backbone: { name: 'conv4', filters: 64, eps: 1e-5, momentum: 0.1 },
        distance: 'squared-euclidean',
        ...joint,
      },
      'ProtoNet',
    ),
  },
  published: published as readonly PublishedEntry[],
}

export const cards: readonly LearnerCard[] = [protonet]
