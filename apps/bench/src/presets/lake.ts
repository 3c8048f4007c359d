import { lakeTask, lakeTest } from '../lake/task'
import type { ConfigInput } from '../schema'
import type { Preset, Presets } from './preset'

/**
 * Lake, Salakhutdinov & Tenenbaum 2015, Human-level concept learning through probabilistic program
 * induction, one-shot classification: 20 characters of one alphabet, drawn once by one person, and
 * each drawn once more by another; 20 runs, 400 trials.
 *
 * - trained on `images_background` alone, without five alphabets for validation; no character of the
 *   test is ever seen
 * - episodes within an alphabet, in training, validation and test; alphabets of fewer than 20
 *   characters are left out; turned by 90°, 180° and 270°, each training alphabet is three more
 * - training pictures are distorted, as Koch et al. 2015 do
 */
const lake = {
  dataset: { name: 'omniglot', split: 'lake', resize: 'area', rotations: 'train' },
  validate: { ...lakeTask, queries: 4, episodes: 50, every: 200 },
  test: lakeTest,
  seed: 1,
  // of ProtoNet, 800 to 1,200 steps, some stopped early: smooth pixels or nearest, with and without distortion,
  // with and without turns, three blocks; what stands here was put together from them, and never one itself
  tuningTrials: 5,
} as const satisfies Partial<ConfigInput>

const train = {
  ...lakeTask,
  queries: 5,
  metaBatch: 1,
  checkpointEvery: 100,
  distort: { rotation: 10, shear: 0.2, scale: 0.2, shift: 1 },
} as const

const backbone = { name: 'conv4', filters: 64, eps: 1e-5, momentum: 0.1 } as const
const normalisation = { train: 'batch-joint', test: 'running' } as const

/** Adam from 1e-3 along a cosine to 1e-5. */
function over(steps: number) {
  const rate = { name: 'cosine', initial: 1e-3, steps, final: 1e-5 } as const
  return { ...train, steps, optimizer: { name: 'adam', rate } } as const
}

const protonet: Preset = {
  description: 'Lake’s one-shot task within alphabets: ProtoNet',
  config: {
    ...lake,
    learner: { name: 'protonet', backbone, distance: 'squared-euclidean', normalisation },
    train: over(8000),
  },
}

const matching: Preset = {
  description: 'Lake’s one-shot task within alphabets: Matching Networks',
  config: {
    ...lake,
    learner: { name: 'matching', backbone, distance: 'cosine', normalisation },
    train: over(8000),
  },
}

/** Pairs, as many images as the episodes of the others; two classes of a pair are of one alphabet. */
const siamese: Preset = {
  description: 'Lake’s one-shot task within alphabets: Siamese networks, trained on pairs',
  config: {
    ...lake,
    learner: { name: 'siamese', backbone, normalisation },
    train: over(8000),
  },
}

export const lakePresets: Presets = {
  'protonet-lake': protonet,
  'matching-lake': matching,
  'siamese-lake': siamese,
}
