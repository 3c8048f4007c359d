// What each shipped optimizer is trained on, and what it is compared on. Seeds are names: no problem of
// training is one of validation or test.
import { mlp } from '@kshot/core'
import { glyphs } from '@kshot/glyphs'
import { classifications, linearMap, quadratics } from '@kshot/learned-optimizer'

/** log10 of the last loss: quadratic functions differ by orders of magnitude in how well they can be solved. */
const lastLog = (losses) => Math.log10(Math.max(losses.at(-1), 1e-12)) || 12

/** Batches differ, so the last ten of them. */
const lastMean = (losses) => losses.slice(-10).reduce((sum, f) => sum + f, 0) / 10 || 1e3

/** 10 characters in 7 × 7 pixels, through one hidden layer. */
export async function characters({ split, seed, hidden = [20], activation = 'sigmoid' }) {
  const model = mlp({ hidden, outputs: 10, activation })
  const data = (await glyphs())[split]
  return { model, tasks: classifications({ data, model, pool: 4, seed, batch: 64, batches: 200 }) }
}

export const families = {
  quadratics: async () => ({
    model: linearMap(),
    options: { preprocess: 10, outputScale: 0.1, window: 20 },
    train: (seed) => quadratics({ seed }),
    stages: [
      { steps: 20, rate: 3e-3, metaSteps: 400, metaBatch: 16 },
      { steps: 100, rate: 1e-3, metaSteps: 300, metaBatch: 16 },
      { steps: 100, rate: 2e-4, metaSteps: 200, metaBatch: 32 },
    ],
    validation: { tasks: quadratics({ seed: 'validation' }), count: 20, steps: 100 },
    test: { tasks: quadratics({ seed: 'test' }), count: 100 },
    measure: lastLog,
  }),
  mlp: async () => {
    const { model, tasks } = await characters({ split: 'validation', seed: 'validation' })
    const { train } = await glyphs()
    return {
      model,
      options: { preprocess: 10, outputScale: 0.1, window: 20 },
      train: (seed) => classifications({ data: train, model, pool: 4, seed, batch: 64 }),
      stages: [
        { steps: 20, rate: 3e-3, metaSteps: 150, metaBatch: 2 },
        { steps: 100, rate: 1e-3, metaSteps: 150, metaBatch: 2 },
        { steps: 100, rate: 2e-4, metaSteps: 80, metaBatch: 4 },
      ],
      validation: { tasks, count: 8, steps: 100 },
      test: { ...(await characters({ split: 'test', seed: 'test' })), count: 50 },
      measure: lastMean,
    }
  },
}
