import {
  finn,
  type Preset,
  type Presets,
  perSetting,
  type Setting,
  settingName,
} from '@kshot/core/card'

/**
 * Finn, Abbeel & Levine 2017, MAML, arXiv:1703.03400, section 5.2 and appendix A.1, and their
 * published code where the paper is silent.
 *
 * - the net with strides of 2, 64 filters, batch norm with eps 1e-3 and without gamma, whose beta is
 *   learned and not adapted; head drawn from N(0, 1), weights as Glorot & Bengio 2010
 * - inner rate 2 on the mean cross-entropy: the code writes 0.4 (20-way: 0.1) on `ways` times the mean
 * - 5-way: 1 inner step in training and 3 at test, 32 tasks per meta-step; 20-way: 5 and 5, 16 tasks
 * - Adam at 1e-3, 60,000 meta-steps; as many queries as shots
 * - support and query normalised each with their own statistics, so the queries of a task are judged
 *   together (transductive)
 * - 1,100 shuffled characters for training; each class of an episode is turned by its own angle
 * - 600 test tasks
 *
 * Deviation: validation chooses the parameters that are tested.
 */
export const mamlPresets: Presets = {
  ...perSetting('maml-omniglot', (setting) => ({
    description: `Finn et al. 2017: Omniglot, ${settingName(setting)}, second order`,
    config: { ...finn(setting), learner: { name: 'maml', ...inner(setting) } },
  })),
  ...perSetting('fomaml-omniglot', (setting) => ({
    description: `Finn et al. 2017: Omniglot, ${settingName(setting)}, first order`,
    config: { ...finn(setting), learner: { name: 'maml', ...inner(setting), firstOrder: true } },
  })),
  'maml-sine-5shot': sine(5),
  'maml-sine-10shot': sine(10),
}

/**
 * Li, Zhou, Chen & Li 2017, Meta-SGD, arXiv:1707.09835, section 4.2: as MAML, with one inner step
 * and rates drawn from [0.005, 0.1].
 */
export const metaSgdPresets = perSetting('metasgd-omniglot', (setting) => {
  const { innerRate: _, steps: __, adapts: ___, ...rest } = inner(setting)
  return {
    description: `Li et al. 2017, Meta-SGD: Omniglot, ${settingName(setting)}`,
    config: {
      ...finn(setting),
      learner: { name: 'metaSgd', ...rest, steps: 1, initialRate: [0.005, 0.1] },
    },
  }
})

function inner({ ways }: Setting) {
  return {
    model: { name: 'finnNet', filters: 64, eps: 1e-3, gamma: false },
    head: 'fixed',
    ways,
    headInit: { normal: 1 },
    innerRate: 2,
    steps: ways === 20 ? { train: 5, test: 5 } : { train: 1, test: 3 },
    normalisation: { train: 'batch-separate', test: 'batch-separate' },
    adapts: '^(?!.*/norm/)',
  } as const
}

/**
 * Finn, Abbeel & Levine 2017, section 5.1: y = a sin(x − φ), a in [0.1, 5], φ in [0, π], x in [−5, 5].
 *
 * - two hidden layers of 40 units with ReLU; inner rate 0.01; 1 inner step in training, up to 10 at test
 * - 25 tasks per meta-step, Adam at 1e-3, 70,000 meta-steps
 * - beside it the same net fitted to all tasks at once and fine-tuned
 *
 * Deviation: validation chooses the parameters that are tested.
 */
function sine(shots: number): Preset {
  const shape = { shots, queries: shots }
  return {
    description: `Finn et al. 2017: sine regression, ${shots}-shot`,
    config: {
      learner: {
        name: 'maml',
        model: { name: 'mlp', hidden: [40, 40], outputs: 1, activation: 'relu' },
        head: 'none',
        innerRate: 0.01,
        steps: { train: 1, test: 5 },
        normalisation: { train: 'none', test: 'none' },
      },
      dataset: { name: 'sinusoids' },
      train: {
        ...shape,
        metaBatch: 25,
        steps: 70_000,
        optimizer: { name: 'adam', rate: 1e-3 },
        checkpointEvery: 1000,
      },
      validate: { ...shape, episodes: 200, every: 1000 },
      test: { ...shape, queries: 100, episodes: 600, adaptationSteps: [1, 5, 10] },
      seed: 1,
      // the net is tiny: the whole meta-batch fits
      executor: 'vectorised',
      tasksAtOnce: 32,
    },
  }
}
