import {
  type LearnerConfig,
  type Preset,
  type Presets,
  perSetting,
  settingName,
} from '@kshot/core/card'

const joint = { normalisation: { train: 'batch-joint', test: 'running' } } as const
const separate = { normalisation: { train: 'batch-separate', test: 'running' } } as const

/**
 * R2D2 on Omniglot, after Bertinetto et al. 2019, arXiv:1805.08136, section 4.
 *
 * - 60-way training with 1 to 10 shots, drawn for each episode: some 600 pictures in each
 * - Adam at 5e-3, halved every 2,000 episodes
 *
 * The paper's net has 96, 192, 384 and 512 filters and embeds by its last two blocks; conv4 with 64 filters is the
 * net of the other learners here.
 */
export const r2d2 = perSetting('ridge-omniglot', (setting) => ({
  description: `Bertinetto et al. 2019: Omniglot, ${settingName(setting)}, trained 60-way with 1 to 10 shots`,
  config: {
    learner: { name: 'ridge', backbone: { name: 'conv4', filters: 64 }, lambda: 1, ...joint },
    dataset: { name: 'omniglot', split: 'vinyals', resize: 'nearest', rotations: 'all' },
    train: {
      ways: 60,
      shots: { min: 1, max: 10 },
      queries: 5,
      steps: 20_000,
      metaBatch: 1,
      optimizer: { name: 'adam', rate: { name: 'step', initial: 5e-3, every: 2000, factor: 0.5 } },
      split: 'train',
      checkpointEvery: 100,
    },
    validate: { ...setting, queries: 15, episodes: 100, every: 200, patience: 20 },
    test: { ...setting, queries: 15, episodes: 1000 },
    seed: 1,
  },
}))

/**
 * Lee et al. 2019, arXiv:1904.03758, section 4.1, and their code where the paper is silent.
 *
 * - SGD with Nesterov's momentum 0.9 and weight decay 5e-4, 60 epochs of 1,000 steps at 0.1, from epoch 20 on 0.006,
 *   from 40 on 0.0012, from 50 on 0.00024; 8 episodes a step, 6 queries a class
 * - more shots in training than at test, the same for all tests
 * - C = 0.1 for the SVM, λ = 50 for ridge regression; the scale of the logits is learned
 *
 * Not as there: pictures aren't cropped, flipped and jittered, and labels aren't smoothed.
 */
function metaOptNet(learner: LearnerConfig, dataset: DataSet, shots: number): Preset['config'] {
  const test = { ways: 5, shots, queries: dataset.testQueries ?? 15 }
  return {
    learner: { ...learner, backbone: dataset.backbone, ...separate },
    dataset: dataset.config,
    train: {
      ways: 5,
      shots: dataset.trainShots,
      queries: dataset.queries ?? 6,
      metaBatch: 8,
      steps: 60_000,
      optimizer: {
        name: 'momentum',
        decay: 0.9,
        nesterov: true,
        weightDecay: 5e-4,
        rate: {
          name: 'piecewise',
          initial: 0.1,
          changes: [
            { at: 20_000, value: 0.006 },
            { at: 40_000, value: 0.0012 },
            { at: 50_000, value: 0.00024 },
          ],
        },
      },
      split: 'train',
      checkpointEvery: 100,
    },
    validate: { ...test, episodes: 200, every: 1000 },
    test: { ...test, episodes: 1000 },
    seed: 1,
  }
}

interface DataSet {
  readonly name: string
  readonly label: string
  readonly config: Preset['config']['dataset']
  readonly backbone: LearnerConfig
  readonly trainShots: number
  /** Per class in training. Default 6. */
  readonly queries?: number
  /** Per class at test. Default 15. */
  readonly testQueries?: number
}

/** Folders have the layout `train/CLASS/*.jpg`, `val/…`, `test/…`: `--set dataset.path=FOLDER`. */
const folder = (path: string, side: number) => ({
  name: 'images',
  path,
  size: [side, side],
  channels: 3,
})

const dataSets: readonly DataSet[] = [
  {
    name: 'omniglot',
    label: 'Omniglot',
    config: { name: 'omniglot', split: 'vinyals', resize: 'nearest', rotations: 'all' },
    backbone: { name: 'conv4', filters: 64 },
    // Of twenty drawings.
    trainShots: 10,
  },
  {
    name: 'emoji',
    label: 'emoji',
    config: { name: 'emoji' },
    backbone: { name: 'conv4', filters: 64 },
    // Some emoji have four artists only.
    trainShots: 3,
    queries: 1,
    testQueries: 3,
  },
  {
    name: 'mini-imagenet',
    label: 'a folder in the layout of mini-ImageNet',
    config: folder('mini-imagenet', 84),
    backbone: { name: 'resnet12' },
    trainShots: 15,
  },
  {
    name: 'cifar-fs',
    label: 'a folder in the layout of CIFAR-FS',
    config: folder('cifar-fs', 32),
    backbone: { name: 'resnet12', dropBlock: 2 },
    trainShots: 5,
  },
]

/** MetaOptNet's presets for a head: `svm-mini-imagenet-5w1s`, … */
export function metaOptNets(learner: LearnerConfig, names: readonly string[]): Presets {
  const chosen = dataSets.filter(({ name }) => names.includes(name))
  return Object.fromEntries(
    chosen.flatMap((dataset) =>
      [1, 5]
        .filter((shots) => dataset.name !== 'emoji' || shots === 1)
        .map((shots) => [
          `${learner.name}-${dataset.name}-5w${shots}s`,
          {
            description: `Lee et al. 2019: ${dataset.label}, 5-way ${shots}-shot, trained with ${dataset.trainShots}`,
            config: metaOptNet(learner, dataset, shots),
          },
        ]),
    ),
  )
}
