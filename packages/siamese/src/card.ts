import {
  type LearnerCard,
  lakeRun,
  onGlyphs,
  type PartCard,
  type Preset,
  type PublishedEntry,
  perSetting,
} from '@kshot/core/card'
import { kochNetOptions, siameseOptions } from './options'
import published from './published.json'

const learner = {
  name: 'siamese',
  normalisation: { train: 'batch-joint', test: 'running' },
} as const
const backbone = { name: 'conv4', eps: 1e-5, momentum: 0.1 } as const

/**
 * After Koch, Zemel & Salakhutdinov 2015, Siamese Neural Networks for One-shot Image Recognition, on
 * Vinyals' split with the standard net of few-shot learning instead of Koch's own.
 *
 * - batches of 128 pairs, as many images as 32 classes of 8: the settings differ in the test only
 * - half of the pairs show one class, and each picture is distorted (section 3.3)
 *
 * Deviations: conv4 with 64 filters at 28×28 (Koch: 105×105 and 39 million parameters, `kochNet`);
 * α starts from the L1 distance, which is normalised over the pairs; Adam instead of momentum
 * with a separate rate per layer, found by Bayesian search; rotations are separate classes.
 */
const omniglot = perSetting('siamese-omniglot', ({ ways, shots }) => {
  return {
    description: `Koch et al. 2015: Omniglot, ${ways}-way ${shots}-shot, trained on pairs`,
    config: {
      learner: { ...learner, backbone: { ...backbone, filters: 64 } },
      dataset: { name: 'omniglot', split: 'vinyals', resize: 'nearest', rotations: 'all' },
      train: {
        ways: 32,
        shots: 1,
        queries: 7,
        metaBatch: 1,
        steps: 30_000,
        optimizer: {
          name: 'adam',
          rate: { name: 'step', initial: 2e-3, every: 3000, factor: 0.5 },
        },
        distort: { rotation: 10, shear: 0.15, scale: 0.15, shift: 1 },
        split: 'train',
        checkpointEvery: 100,
      },
      validate: { ways, shots, queries: 15, episodes: 100, every: 100, patience: 100 },
      test: { ways, shots, queries: 15, episodes: 1000 },
      seed: 1,
      // of 600 steps, some stopped early: the rate, distortion, the head's start, regularisation
      tuningTrials: 13,
    },
  }
})

const glyphs: Preset = {
  description: 'embedded glyphs, 5-way 1-shot, trained on pairs, about 90 seconds',
  config: {
    ...onGlyphs({ ...learner, backbone: { ...backbone, filters: 16 } }, { rate: 5e-3 }),
    tuningTrials: 7,
  },
}

const siamese: LearnerCard = {
  role: 'learner',
  factory: { package: '@kshot/siamese', export: 'siamese' },
  name: 'Siamese networks',
  sentence: 'learns from pairs whether two examples belong to one class; the best match wins',
  paper: {
    title: 'Siamese Neural Networks for One-shot Image Recognition',
    authors: 'Koch, Zemel & Salakhutdinov',
    year: 2015,
    url: 'https://www.cs.cmu.edu/~rsalakhu/papers/oneshot1.pdf',
  },
  options: siameseOptions,
  standard: [
    {
      name: 'siamese',
      description: 'Siamese nets, trained on pairs',
      learner: {
        pictures: { ...learner, backbone: { name: 'conv4', filters: 32 } },
        vectors: { ...learner, backbone: { name: 'mlp', hidden: [64], outputs: 64 } },
      },
      tuningTrials: 13,
      byDefault: true,
    },
  ],
  presets: {
    'siamese-glyphs-5w1s': glyphs,
    ...omniglot,
    // Pairs, as many images as the episodes of the others; two classes of a pair are of one alphabet.
    'siamese-lake': lakeRun(
      { ...learner, backbone: { ...backbone, filters: 64 } },
      'Siamese networks, trained on pairs',
    ),
  },
  published: published as readonly PublishedEntry[],
}

const kochNet: PartCard = {
  role: 'model',
  factory: { package: '@kshot/siamese', export: 'kochNet' },
  sentence: 'Koch’s own net, for 105×105 pictures (Koch et al. 2015)',
  options: kochNetOptions,
}

export const cards: readonly (LearnerCard | PartCard)[] = [siamese, kochNet]
