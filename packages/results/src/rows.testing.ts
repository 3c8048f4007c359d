import { estimate, type Spec } from '@kshot/core'
import type { DoneRow, Source } from './row'

export interface RowOptions {
  readonly learner?: string
  readonly setting?: string
  readonly seed?: number
  readonly scores?: readonly number[]
  readonly options?: Spec['options']
  readonly labels?: Partial<DoneRow['labels']>
  readonly more?: Partial<DoneRow>
}

/** A done row of a leaderboard on Omniglot, tested as Prototypical Networks are but for what is given. */
export function row({ learner = 'protonet', ...given }: RowOptions = {}): DoneRow {
  const {
    setting = 'omniglot-5w1s',
    seed = 1,
    // Shares of 75 queries.
    scores = [0.8, 0.92, 0.68, 1],
    options,
    labels,
  } = given
  const { mean: accuracy, interval } = estimate(scores)
  const [ways, shots] = [5, 1]
  return {
    status: 'done',
    cell: {
      name: `${learner}.${setting}.images.wasm.seed${seed}`,
      learner,
      setting,
      budget: { by: 'images', amount: 1000 },
      backend: 'wasm',
      seed,
    },
    learner: {
      package: '@kshot/protonet',
      export: 'protonet',
      options: { normalisation: { train: 'batch-joint', test: 'running' }, ...options },
    },
    setting: { dataset: 'omniglot', split: 'vinyals', ways, shots, queries: 15 },
    test: { accuracy, interval, episodes: scores.length },
    scores,
    baselines: [],
    episodeSet: 'e'.repeat(64),
    labels: {
      transductive: false,
      queriesNormalisedTogether: 0,
      adaptationSteps: 0,
      rotationsAtTest: true,
      split: 'vinyals',
      resize: 'nearest',
      withinAlphabet: false,
      trainingSplit: 'train',
      parameters: 112_000,
      tuningTrials: 2,
      ...labels,
    },
    backend: 'wasm',
    device: 'a test',
    kernels: 'none',
    executor: 'sequential',
    seeds: { run: seed, validate: 0, test: 0 },
    train: { steps: 10, episodes: 10, images: 1000, seconds: 20, stoppedBy: 'steps' },
    best: { step: 5, score: 0.8 },
    checkpoint: 'meta.safetensors',
    config: {
      learner: { name: 'protonet' },
      dataset: { name: 'omniglot', rotations: 'all' },
      seed,
    },
    versions: { node: '20.0.0' },
    commit: 'c'.repeat(40),
    predictions: { episodes: 0, labels: [] },
    curve: [5, 10].map((step) => ({
      step,
      episodes: step,
      images: 100 * step,
      validation: accuracy - 0.1 / step,
      seconds: step,
    })),
    costs: {
      trainSeconds: 20,
      trainImagesPerSecond: 50,
      adaptPredictMs: 12.3,
      peakMemoryBytes: 2e8,
      parameters: 112_000,
      cellsAtOnce: 1,
    },
    measured: {
      finishedAt: '2026-01-02T03:04:05.000Z',
      threads: 1,
      workers: 0,
      seconds: { total: 30, train: 20, test: 5 },
      trainEpisodesPerSecond: 1,
      trainImagesPerSecond: 50,
      testEpisodesPerSecond: 80,
      peakMemoryBytes: 2e8,
    },
    ...given.more,
  }
}

/** Rows as they come from the file of a leaderboard. */
export function sources(...rows: readonly Source['row'][]): Source[] {
  return rows.map((row) => ({ path: 'results.jsonl', row, run: false }))
}
