// What each shipped optimizer is trained on.
import { linearMap, quadratics } from '@kshot/learned-optimizer'

/** log10 of the last loss: quadratic functions differ by orders of magnitude in how well they can be solved. */
const lastLog = (losses) => Math.log10(Math.max(losses.at(-1), 1e-12) || 1e12)

export const families = {
  quadratics: () => ({
    model: linearMap(),
    options: { preprocess: 10, outputScale: 0.1, window: 20 },
    tasks: (seed) => quadratics({ seed }),
    stages: [
      { steps: 20, rate: 3e-3, metaSteps: 400, metaBatch: 32 },
      { steps: 100, rate: 1e-3, metaSteps: 300, metaBatch: 32 },
      { steps: 100, rate: 2e-4, metaSteps: 200, metaBatch: 32 },
    ],
    validation: { tasks: quadratics({ seed: 'validation' }), count: 20, steps: 100 },
    measure: lastLog,
  }),
}
