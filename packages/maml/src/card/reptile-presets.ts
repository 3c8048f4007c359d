import { finn, perSetting, type Setting, settingName } from '@kshot/core/card'

/**
 * Nichol, Achiam & Schulman 2018, On First-Order Meta-Learning Algorithms, arXiv:1803.02999, appendix A,
 * and the last version of their published code, whose commands are those of the paper's numbers.
 *
 * - the net with strides of 2, 64 filters, flattened; batch norm over support and one query at a time
 *   (not transductive), with gamma
 * - a task is a pool of 10 examples per class, from which each inner step draws a mini-batch: 5 steps of
 *   10 in training and 50 of 5 at test, 20-way 10 of 20 and 50 of 10
 * - inner Adam at 1e-3, 20-way 5e-4, without first moment (b1 = 0), whose moments run on from task to task
 * - 5 tasks per meta-step, 100,000 meta-steps, 20-way 200,000, of a size that falls along a line from 1 to 0
 * - turned by 90°, 180° and 270°, each training character is three more classes
 *
 * Deviation: Finn's split, whose 100 validation characters choose the parameters that are tested.
 */
export const reptilePresets = perSetting('reptile-omniglot', (setting) => {
  const { ways } = setting
  const many = ways === 20
  const steps = many ? 200_000 : 100_000
  return {
    description: `Nichol et al. 2018, Reptile: Omniglot, ${settingName(setting)}`,
    config: {
      ...evaluated(setting),
      learner: {
        name: 'reptile',
        model: { name: 'finnNet', filters: 64, readout: 'flatten', eps: 1e-3 },
        head: 'fixed',
        ways,
        steps: { train: many ? 10 : 5, test: 50 },
        batch: many ? { train: 20, test: 10 } : { train: 10, test: 5 },
        innerOptimizer: { name: 'adam', rate: many ? 5e-4 : 1e-3, b1: 0 },
        normalisation: { train: 'batch-separate', test: 'support+one' },
      },
      train: {
        // Nothing is learned from the query.
        ways,
        shots: 10,
        queries: 1,
        metaBatch: 5,
        steps,
        optimizer: { name: 'sgd', rate: { name: 'linear', initial: 1, steps } },
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
