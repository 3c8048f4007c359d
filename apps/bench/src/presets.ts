import type { ConfigInput } from './schema'

export interface Preset {
  readonly description: string
  readonly config: ConfigInput
}

/**
 * Snell, Swersky & Zemel 2017, Prototypical Networks, arXiv:1703.05175, section 3.1 and appendix,
 * and their published code where the paper is silent.
 *
 * - 60-way training with the shots of the test, 5 queries a class; 15 queries a class at test
 * - conv4 with 64 filters; batch norm over support and queries together in training, with running
 *   statistics at test; eps 1e-5, momentum 0.1
 * - Adam at 1e-3, halved every 2,000 episodes; stopped once 200 validations of 100 episodes each,
 *   100 training episodes apart, have brought nothing better
 * - Vinyals' split; rotations by 90°, 180° and 270° are classes of their own, at test too
 * - 1,000 test episodes
 *
 * The paper's final numbers come from training on the validation classes as well, for as many steps
 * as validation found best: `--set train.split=train+val --set train.steps=N`.
 * On the wasm backend the whole protocol takes days: bound it with `--max-seconds`, or take
 * `--set train.ways=20`.
 */
function protonetOmniglot(ways: number, shots: number): Preset {
  return {
    description: `Snell et al. 2017: Omniglot, ${ways}-way ${shots}-shot, trained 60-way`,
    config: {
      learner: {
        name: 'protonet',
        backbone: { name: 'conv4', filters: 64, eps: 1e-5, momentum: 0.1 },
        distance: 'squared-euclidean',
        normalisation: { train: 'batch-joint', test: 'running' },
      },
      dataset: { name: 'omniglot', split: 'vinyals', resize: 'nearest', rotations: 'all' },
      train: {
        ways: 60,
        shots,
        queries: 5,
        steps: 100_000,
        metaBatch: 1,
        optimizer: {
          name: 'adam',
          rate: { name: 'step', initial: 1e-3, every: 2000, factor: 0.5 },
        },
        split: 'train',
        checkpointEvery: 100,
      },
      validate: { ways, shots, queries: 15, episodes: 100, every: 100, patience: 200 },
      test: { ways, shots, queries: 15, episodes: 1000 },
      seed: 1,
    },
  }
}

/**
 * The README's quickstart: a net small enough for a minute and a half on two slow cores.
 *
 * Characters of scripts that were never trained on, told apart after one example in another
 * typeface; each picture is turned, scaled and moved a little, in training and at test.
 */
const protonetGlyphs: Preset = {
  description: 'quickstart: embedded glyphs, 5-way 1-shot, about 90 seconds',
  config: {
    learner: {
      name: 'protonet',
      backbone: { name: 'conv4', filters: 16, eps: 1e-5, momentum: 0.1 },
      distance: 'squared-euclidean',
      normalisation: { train: 'batch-joint', test: 'running' },
    },
    dataset: {
      name: 'glyphs',
      distort: { rotation: 15, shear: 0.15, scale: 0.15, shift: 2 },
    },
    train: {
      ways: 10,
      shots: 1,
      queries: 5,
      steps: 1200,
      metaBatch: 1,
      optimizer: { name: 'adam', rate: { name: 'step', initial: 2e-3, every: 400, factor: 0.5 } },
      split: 'train',
      checkpointEvery: 100,
    },
    validate: { ways: 5, shots: 1, queries: 15, episodes: 50, every: 100 },
    test: { ways: 5, shots: 1, queries: 15, episodes: 600 },
    seed: 1,
    tuningTrials: 4,
  },
}

/**
 * Finn, Abbeel & Levine 2017, MAML, arXiv:1703.03400, section 5.2 and appendix A.1, and their
 * published code where the paper is silent.
 *
 * - the net with strides of 2, 64 filters, batch norm with eps 1e-3; head drawn from N(0, 1)
 * - inner rate 2 on the mean cross-entropy: the code writes 0.4 on 5 times the mean
 * - 1 inner step in training and 3 at test; 32 tasks a meta-step, Adam at 1e-3, 60,000 meta-steps
 * - as many queries as shots; support and query normalised each with their own statistics, so the
 *   queries of a task are judged together (transductive)
 * - 1,100 shuffled characters for training; each class of an episode is turned by an angle of its own
 * - 600 test tasks
 *
 * Deviations: gamma is learned and adapted, convolution weights are drawn from a uniform
 * distribution (Glorot & Bengio 2010), and validation chooses the parameters that are tested.
 */
const mamlOmniglot5w1s: Preset = {
  description: 'Finn et al. 2017: Omniglot, 5-way 1-shot, second order',
  config: {
    learner: {
      name: 'maml',
      model: { name: 'finnNet', filters: 64, eps: 1e-3 },
      head: 'fixed',
      ways: 5,
      headInit: { normal: 1 },
      innerRate: 2,
      steps: { train: 1, test: 3 },
      normalisation: { train: 'batch-separate', test: 'batch-separate' },
    },
    dataset: { name: 'omniglot', split: 'finn', resize: 'nearest', rotations: 'per-class' },
    train: {
      ways: 5,
      shots: 1,
      queries: 1,
      steps: 60_000,
      metaBatch: 32,
      optimizer: { name: 'adam', rate: 1e-3 },
      split: 'train',
      checkpointEvery: 50,
    },
    validate: { ways: 5, shots: 1, queries: 1, episodes: 200, every: 50 },
    test: { ways: 5, shots: 1, queries: 1, episodes: 600 },
    seed: 1,
  },
}

/** The configurations that have a name. */
export const presets: { readonly [name: string]: Preset } = {
  'protonet-glyphs-5w1s': protonetGlyphs,
  'protonet-omniglot-5w1s': protonetOmniglot(5, 1),
  'protonet-omniglot-5w5s': protonetOmniglot(5, 5),
  'protonet-omniglot-20w1s': protonetOmniglot(20, 1),
  'protonet-omniglot-20w5s': protonetOmniglot(20, 5),
  'maml-omniglot-5w1s': mamlOmniglot5w1s,
}
