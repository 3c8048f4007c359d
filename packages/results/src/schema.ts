import type { Spec } from '@kshot/core'
import { z } from 'zod'
import type { AccuracyScore, Result } from './result'
import type { DoneRow, FailedRow } from './row'

/** What a row may hold at most: what is made of it stays readable, and takes no more than moments. */
export const LIMITS = {
  episodes: 1_000_000,
  /** Of a log. */
  steps: 10_000_000,
  /** Validations of a curve. */
  curve: 20_000,
  /** Of a name. */
  characters: 1000,
  /** Of a message. */
  message: 100_000,
  confusionGroups: 100,
  /** Where they are drawn for each episode. */
  ways: 10_000,
} as const

const count = z.int().min(0)
const number = z.number()
const fraction = number.min(0).max(1)
const name = z.string().max(LIMITS.characters)
const message = z.string().max(LIMITS.message)
const episodes = z.int().min(1).max(LIMITS.episodes)
/** JSON has no NaN: an interval over one episode is written as null. */
const bound = z.preprocess((value) => (value === null ? Number.NaN : value), number.or(z.nan()))
const interval = z.tuple([bound, bound])

const spec = z.object({
  package: name,
  export: name,
  options: z.record(z.string(), z.json()),
}) as z.ZodType<Spec>

const accuracyScore: z.ZodType<AccuracyScore> = z.object({ accuracy: fraction, interval, episodes })
const errorScore = z.object({
  mse: z.record(z.string(), bound),
  interval: z.record(z.string(), interval),
  episodes,
})
const testScore = z.union([accuracyScore, errorScore])

const confusion = z.object({
  groups: z.array(name).max(LIMITS.confusionGroups),
  counts: z.array(z.array(count)),
})

const lake = z.object({
  runs: z.enum(['official', 'sampled']),
  trials: count,
  errorPercent: number,
  interval,
  errorPercentByRun: z.array(number),
  published: z.array(z.object({ name, errorPercent: number, source: name })),
})

const labels = z.object({
  transductive: z.boolean(),
  queriesNormalisedTogether: count,
  adaptationSteps: count,
  rotationsAtTest: z.boolean(),
  split: name,
  resize: name,
  withinAlphabet: z.boolean(),
  trainingSplit: name,
  parameters: count,
  tuningTrials: count,
})

const train = z.object({
  steps: count,
  episodes: count,
  images: count,
  seconds: number.nullable(),
  stoppedBy: z.enum(['steps', 'seconds', 'patience', 'interrupted']).nullable(),
  begunWith: z.exactOptional(
    z.object({
      sha256: name,
      images: count,
      dataset: name,
      split: z.enum(['train', 'train+val']),
    }),
  ),
})

const measured = z.object({
  finishedAt: name,
  threads: count,
  workers: count,
  seconds: z.object({ total: number, train: number.nullable(), test: number }),
  trainEpisodesPerSecond: number.nullable(),
  trainImagesPerSecond: number.nullable(),
  testEpisodesPerSecond: number,
  peakMemoryBytes: number,
})

/** What a table, a mark or a page asks of a configuration; the rest is the business of whoever runs it. */
const config = z.looseObject({
  learner: z.looseObject({}),
  dataset: z.looseObject({}),
  seed: z.exactOptional(count),
})

const range = z.object({
  min: count,
  max: count.max(LIMITS.ways),
  perClass: z.exactOptional(z.literal(true)),
})
const drawn = z.union([count, range.refine(({ min, max }) => min <= max, 'min is more than max')])

const NORMALISATION = ['running', 'batch-joint', 'batch-separate', 'support+one', 'none'] as const

const resultKeys = {
  learner: spec,
  net: z.exactOptional(spec),
  normalisation: z.exactOptional(z.enum(NORMALISATION)),
  method: z.exactOptional(name),
  setting: z.object({
    dataset: name,
    split: name,
    ways: drawn.nullable(),
    shots: drawn,
    queries: count,
  }),
  test: testScore,
  baselines: z.array(
    z.object({
      name,
      learner: spec,
      test: testScore,
      difference: z.exactOptional(
        z.record(z.string(), z.object({ mean: bound, interval, p: bound })),
      ),
    }),
  ),
  episodeSet: name,
  confusion: z.exactOptional(confusion),
  lake: z.exactOptional(lake),
  labels,
  backend: name,
  device: name,
  kernels: name,
  executor: name,
  seeds: z.object({ run: count, validate: count, test: count }),
  train,
  best: z.object({ step: count, score: bound }).nullable(),
  checkpoint: z.string(),
  config,
  versions: z.record(z.string(), name),
  commit: name.nullable(),
  measured,
}

/** A `result.json`. */
export const resultSchema: z.ZodType<Result> = z.object(resultKeys)

const cell = z.object({
  name,
  learner: name,
  setting: name,
  budget: z.object({ by: z.enum(['images', 'episodes', 'seconds']), amount: number.min(0) }),
  backend: name,
  seed: count,
  checkpointsOf: z.exactOptional(name),
})

const queries = z.int().min(1)
/**
 * Right answers instead of fractions: `{ of: 75, right: [70, 72, …] }`, exact and small. Where episodes
 * have different numbers of classes, `of` is a list.
 */
const packedScores = z.object({
  of: z.union([queries, z.array(queries).max(LIMITS.episodes)]),
  right: z.array(count).max(LIMITS.episodes),
})
export type PackedScores = z.output<typeof packedScores>

const done: z.ZodType<Omit<DoneRow, 'scores'> & { readonly scores: PackedScores }> = z.object({
  ...resultKeys,
  status: z.literal('done'),
  cell,
  backbone: z.exactOptional(name),
  test: accuracyScore,
  scores: packedScores,
  predictions: z.object({
    episodes: count,
    labels: z.array(z.array(count)).max(LIMITS.episodes),
  }),
  curve: z
    .array(
      z.object({ step: count, episodes: count, images: count, validation: bound, seconds: number }),
    )
    .max(LIMITS.curve),
  costs: z.object({
    trainSeconds: number.nullable(),
    trainImagesPerSecond: number.nullable(),
    adaptPredictMs: number,
    peakMemoryBytes: number,
    parameters: count,
    cellsAtOnce: count,
  }),
})

const failed: z.ZodType<FailedRow> = z.object({
  status: z.literal('failed'),
  cell,
  reason: z.object({ code: name, got: message, expected: message, remedy: message }),
})

/** A line of an `episodes.jsonl`. */
export const episodeLineSchema = z.object({
  accuracy: fraction,
  predicted: z.exactOptional(z.array(count)),
})

/** A line of a `log.jsonl`. */
export const logLineSchema = z.object({
  step: count,
  loss: bound,
  accuracy: z.exactOptional(bound),
  validation: z.exactOptional(bound),
  seconds: number.min(0),
})

/** A line of a `results.jsonl`. */
export const rowSchema = z.union([done, failed])
