import type { ConfigInput } from '../schema'

/**
 * A learner on the embedded glyphs, under the conditions of the README's quickstart: small enough for a
 * minute or two on two slow cores.
 *
 * Characters of scripts that were never trained on, told apart after one example in another
 * typeface; each picture is turned, scaled and moved a little, in training and at test.
 * @param learner on a net of 16 filters
 */
export function onGlyphs(
  learner: ConfigInput['learner'],
  { rate = 2e-3, steps = 1200 } = {},
): ConfigInput {
  const shape = { ways: 5, shots: 1, queries: 15 }
  return {
    learner,
    dataset: { name: 'glyphs', distort: { rotation: 15, shear: 0.15, scale: 0.15, shift: 2 } },
    train: {
      ways: 10,
      shots: 1,
      queries: 5,
      metaBatch: 1,
      steps,
      optimizer: { name: 'adam', rate: { name: 'step', initial: rate, every: 400, factor: 0.5 } },
      split: 'train',
      checkpointEvery: 100,
    },
    validate: steps === 0 ? null : { ...shape, episodes: 50, every: 100 },
    test: { ...shape, episodes: 600 },
    seed: 1,
  }
}
