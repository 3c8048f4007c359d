import {
  type LearnerConfig,
  onGlyphs,
  type Preset,
  type Presets,
  perSetting,
  type Setting,
} from '@kshot/core/card'

const norm = { eps: 1e-5, momentum: 0.1 } as const
/** Beside what is learned, where the net is fixed by the setting: Snell's. */
const net = (filters: number) => ({ name: 'conv4', filters, ...norm }) as const
const pixels = { name: 'embeddings' } as const

interface Kind {
  readonly what: string
  learner(filters: number): LearnerConfig
}

/**
 * Omniglot as for Prototypical Networks: Vinyals' split, turned by 90°, 180° and 270° for classes of
 * their own, the same test episodes.
 *
 * Classifiers: conv4 with 64 filters and an output for each of the 4,112 training classes; 120
 * pictures per step (as many as a 20-way 1-shot episode with 5 queries), Adam at 1e-3, halved every
 * 2,000 steps; stopped once 50 validations of 100 episodes, 200 steps apart, have brought nothing
 * better. Chen et al. train 5 epochs in batches of 16 at 1e-3, which is as many pictures as 3,427
 * of these steps; Wang et al. have no Omniglot.
 */
function omniglot({ what, learner }: Kind, { ways, shots }: Setting): Preset {
  const shape = { ways, shots, queries: 15 }
  return {
    description: `${what}; Omniglot, ${ways}-way ${shots}-shot`,
    config: {
      learner: learner(64),
      dataset: { name: 'omniglot', split: 'vinyals', resize: 'nearest', rotations: 'all' },
      train: {
        ways: 20,
        shots: 1,
        queries: 5,
        steps: 20_000,
        optimizer: {
          name: 'adam',
          rate: { name: 'step', initial: 1e-3, every: 2000, factor: 0.5 },
        },
        checkpointEvery: 200,
      },
      validate: { ...shape, episodes: 100, every: 200, patience: 50 },
      test: { ...shape, episodes: 1000 },
      seed: 1,
    },
  }
}

function glyphs({ what, learner }: Kind): Preset {
  return {
    description: `${what}; embedded glyphs, 5-way 1-shot`,
    config: onGlyphs(learner(16)),
  }
}

function trained(prefix: string, kind: Kind): Presets {
  return {
    [`${prefix}-glyphs-5w1s`]: glyphs(kind),
    ...perSetting(`${prefix}-omniglot`, (setting) => omniglot(kind, setting)),
  }
}

/** The same, but for the training. */
function untrained(prefix: string, kind: Kind): Presets {
  const presets = Object.entries(trained(prefix, kind)).map(([name, { description, config }]) => {
    const train = { ...config.train, steps: 0 }
    return [name, { description, config: { ...config, train, validate: null } }] as const
  })
  return Object.fromEntries(presets)
}

/** What needs no training. */
export const untrainedPresets = {
  pixels: untrained('pixels', {
    what: 'nearest centroid on raw pixels',
    learner: () => ({ name: 'nearestCentroid', backbone: pixels }),
  }),
  randomNet: untrained('random-net', {
    what: 'nearest centroid on a net as it is drawn',
    learner: (filters) => ({ name: 'nearestCentroid', backbone: net(filters) }),
  }),
  knn: untrained('knn', {
    what: 'three nearest neighbours on raw pixels, by cosine',
    learner: () => ({ name: 'nearestNeighbours', backbone: pixels, k: 3 }),
  }),
}

/** What learns to tell all training classes apart, and meets episodes at test only. */
export const classifierPresets = {
  baseline: trained('baseline', {
    what: 'Chen et al. 2019, Baseline: a classifier, then a new linear head',
    learner: (filters) => ({ name: 'fineTuned', backbone: net(filters), head: 'linear' }),
  }),
  baselinepp: trained('baselinepp', {
    what: 'Chen et al. 2019, Baseline++: a classifier, then a new cosine head',
    learner: (filters) => ({ name: 'fineTuned', backbone: net(filters), head: 'cosine' }),
  }),
  simpleshot: trained('simpleshot', {
    what: 'Wang et al. 2019, SimpleShot: a classifier, then nearest centroid, CL2N',
    learner: (filters) => ({ name: 'simpleShot', backbone: net(filters), transform: 'CL2N' }),
  }),
}
