import type { LearnerConfig, Preset, Presets } from './card'

/** The four settings in which the papers report Omniglot. */
const OMNIGLOT_SETTINGS = [
  { ways: 5, shots: 1 },
  { ways: 5, shots: 5 },
  { ways: 20, shots: 1 },
  { ways: 20, shots: 5 },
] as const

export interface Setting {
  readonly ways: number
  readonly shots: number
}

/** One preset for each of the settings: `<prefix>-5w1s`, … */
export function perSetting(prefix: string, build: (setting: Setting) => Preset): Presets {
  return Object.fromEntries(
    OMNIGLOT_SETTINGS.map((setting) => [
      `${prefix}-${setting.ways}w${setting.shots}s`,
      build(setting),
    ]),
  )
}

/** `5-way 1-shot`. */
export function settingName({ ways, shots }: Setting): string {
  return `${ways}-way ${shots}-shot`
}

/**
 * A learner on the embedded glyphs, under the conditions of the README's quickstart: small enough for a
 * minute or two on two slow cores.
 *
 * Characters of scripts that were never trained on, distinguished after one example in another
 * typeface; each picture is turned, scaled and moved a little, in training and at test.
 * @param learner on a net of 16 filters
 */
export function onGlyphs(learner: LearnerConfig, { rate = 2e-3 } = {}): Preset['config'] {
  const shape = { ways: 5, shots: 1, queries: 15 }
  return {
    learner,
    dataset: { name: 'glyphs', distort: { rotation: 15, shear: 0.15, scale: 0.15, shift: 2 } },
    train: {
      ways: 10,
      shots: 1,
      queries: 5,
      metaBatch: 1,
      steps: 1200,
      optimizer: { name: 'adam', rate: { name: 'step', initial: rate, every: 400, factor: 0.5 } },
      split: 'train',
      checkpointEvery: 100,
    },
    validate: { ...shape, episodes: 50, every: 100 },
    test: { ...shape, episodes: 600 },
    seed: 1,
  }
}

/** Finn's episodes of Omniglot. */
export function finn({ ways, shots }: Setting) {
  const shape = { ways, shots, queries: shots }
  return {
    dataset: {
      name: 'omniglot',
      split: 'finn',
      resize: 'nearest',
      rotations: 'per-class',
    },
    train: {
      ...shape,
      metaBatch: ways === 20 ? 16 : 32,
      steps: 60_000,
      optimizer: { name: 'adam', rate: 1e-3 },
      checkpointEvery: 50,
    },
    validate: { ...shape, episodes: 200, every: 50 },
    test: { ...shape, episodes: 600 },
    seed: 1,
    executor: 'vectorised',
  } as const
}

/** Lake's one-shot task: 20 characters of one alphabet, one drawer to learn from, another to classify. */
export const lakeTask = { ways: 20, shots: 1, within: 'group', drawers: 'shared' } as const

/** One drawing of each character to classify, 20 runs: 400 trials. */
export const lakeTest = { ...lakeTask, queries: 1, episodes: 20 } as const

const lake = {
  dataset: { name: 'omniglot', split: 'lake', resize: 'area', rotations: 'train' },
  validate: { ...lakeTask, queries: 4, episodes: 50, every: 200 },
  test: lakeTest,
  seed: 1,
  // of ProtoNet, 800 to 1,200 steps, some stopped early: smooth pixels or nearest, with and without distortion,
  // with and without turns, three blocks; what stands here was put together from them, and never one itself
  tuningTrials: 5,
} as const

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
export function lakeRun(learner: LearnerConfig, method: string, steps = 8000): Preset {
  return {
    description: `Lake’s one-shot task within alphabets: ${method}`,
    config: {
      ...lake,
      learner,
      train: {
        ...lakeTask,
        queries: 5,
        metaBatch: 1,
        checkpointEvery: 100,
        distort: { rotation: 10, shear: 0.2, scale: 0.2, shift: 1 },
        steps,
        // Adam from 1e-3 along a cosine to 1e-5.
        optimizer: { name: 'adam', rate: { name: 'cosine', initial: 1e-3, steps, final: 1e-5 } },
      },
    },
  }
}
