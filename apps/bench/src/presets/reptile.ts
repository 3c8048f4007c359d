import { finn, named } from './maml'
import { perSetting, type Setting } from './preset'

/** What the published code's scripts set for each setting. */
const PUBLISHED = {
  '5w1s': { pool: 12, batch: { train: 5, test: 5 }, iterations: [12, 86], rate: 4.4e-4 },
  '5w5s': { pool: 10, batch: { train: 10, test: 6 }, iterations: [5, 100], rate: 1.5e-3 },
  '20w1s': { pool: 9, batch: { train: 15, test: 10 }, iterations: [12, 97], rate: 4.6e-4 },
  '20w5s': { pool: 12, batch: { train: 20, test: 10 }, iterations: [12, 97], rate: 4.6e-4 },
} as const

/**
 * Nichol, Achiam & Schulman 2018, On First-Order Meta-Learning Algorithms, arXiv:1803.02999, table 5
 * and their published code.
 *
 * - the net with strides of 2, 64 filters, flattened; batch norm over support and one query at a time
 *   (not transductive), with gamma
 * - a task is a pool of some examples a class, from which each inner step draws a mini-batch; inner
 *   Adam without first moment (b1 = 0), whose moments run on from task to task
 * - the meta-step falls along a line to 0
 * - turned by 90°, 180° and 270°, each training character is three more classes
 *
 * Deviation: Finn's split, whose 100 validation characters choose the parameters that are tested.
 */
export const reptilePresets = perSetting('reptile-omniglot', (setting) => {
  const { ways, shots } = setting
  const published = PUBLISHED[`${ways}w${shots}s` as keyof typeof PUBLISHED]
  const { pool, batch, iterations, rate } = published
  const [train, test] = iterations
  const many = ways === 5 && shots === 5
  const steps = many ? 100_000 : 200_000
  const initial = many ? 0.7 : 1
  return {
    description: `Nichol et al. 2018, Reptile: Omniglot, ${named(setting)}`,
    config: {
      ...evaluated(setting),
      learner: {
        name: 'reptile',
        model: { name: 'finnNet', filters: 64, readout: 'flatten', eps: 1e-3 },
        ...{ head: 'fixed', ways, steps: { train, test }, batch },
        innerOptimizer: { name: 'adam', rate, b1: 0 },
        normalisation: { train: 'batch-separate', test: 'support+one' },
      },
      train: {
        // Nothing is learned from the query.
        ...{ ways, shots: pool, queries: 1, metaBatch: many ? 5 : 3, steps },
        optimizer: { name: 'sgd', rate: { name: 'linear', initial, steps } },
        checkpointEvery: 100,
      },
    },
  }
})

function evaluated(setting: Setting) {
  const { validate, test, seed, dataset } = finn(setting)
  return {
    dataset: { ...dataset, rotations: 'train' },
    validate: { ...validate, queries: 1, every: 500 },
    test: { ...test, queries: 1 },
    seed,
  } as const
}
