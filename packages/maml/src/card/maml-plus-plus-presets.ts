import { finn, perSetting, settingName } from '@kshot/core/card'

/**
 * Antoniou, Edwards & Storkey 2019, How to train your MAML, arXiv:1810.09502, section 5, and their
 * published code.
 *
 * - conv4 with 64 filters, batch norm with a gamma and beta for each inner step, none of them adapted
 * - 5 inner steps, learned rates for each layer and step, from 0.1
 * - second order from the start; the loss of every inner step counts for the first 10 of 100 epochs
 * - 8 tasks per meta-step, 100 epochs of 500; Adam from 1e-3 along a cosine to 1e-5
 *
 * Deviations: Finn's split and turns of the classes, as for MAML here, so that the two can be
 * compared; as many queries as shots; the paper's ensemble of five checkpoints is left out.
 */
export const mamlPlusPlusPresets = perSetting('mamlpp-omniglot', (setting) => {
  const { train, ...rest } = finn(setting)
  const steps = 50_000
  return {
    description: `Antoniou et al. 2019, MAML++: Omniglot, ${settingName(setting)}`,
    config: {
      ...rest,
      learner: {
        name: 'mamlPlusPlus',
        model: { name: 'conv4', filters: 64, innerSteps: 5 },
        head: 'fixed',
        ways: setting.ways,
        innerRate: 0.1,
        steps: 5,
        normalisation: { train: 'batch-separate', test: 'batch-separate' },
        multiStepLoss: 5_000,
      },
      train: {
        ...train,
        metaBatch: 8,
        steps,
        optimizer: { name: 'adam', rate: { name: 'cosine', initial: 1e-3, steps, final: 1e-5 } },
      },
    },
  }
})
