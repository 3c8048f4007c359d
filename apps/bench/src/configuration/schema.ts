import { z } from 'zod'
import { EXECUTORS } from '../backends/executors'
import { dataset, isRegression } from '../catalogue/datasets'
import { learner, optimizer } from '../catalogue/roles'
import { augment, distort } from './distortions'
import {
  batch,
  count,
  episodes,
  MOST_WORKERS,
  positive,
  rate,
  shots,
  size,
  steps,
  ways,
} from './numbers'

/** A regression has no ways; its shots and queries are points. */
const shape = {
  ways: ways.optional(),
  shots,
  queries: size,
  /** All classes of an episode from one alphabet or script (Lake et al. 2015). */
  within: z.literal('group').optional(),
  /** `shared`: one drawer for all of a support set, others for the queries (Lake et al. 2015). */
  drawers: z.enum(['own', 'shared']).optional(),
}
const MOST_INNER_STEPS = 10_000
/** Which episodes are drawn. Apart from the run's seed, so that runs with other seeds are tested on the same. */
const episodesSeed = z.int().min(0).default(0)

const train = z.strictObject({
  ...shape,
  /** Meta-steps; each takes `metaBatch` episodes. 0: nothing is trained. */
  steps,
  metaBatch: batch.default(1),
  optimizer,
  /** The `meta.safetensors` of another run of the same learner: begins with it, and not with drawn parameters. */
  from: z.string().optional(),
  /** Distortions of the training pictures alone, instead of the data set's. */
  distort: distort.optional(),
  /** Cuts, mirrored pictures and colours, of the training pictures alone. */
  augment: augment.optional(),
  /** `train+val` trains on the validation classes too, and validates nothing: a paper's final number. */
  split: z.enum(['train', 'train+val']).default('train'),
  /** Bounds training; such a run is no longer the same bytes each time. */
  maxSeconds: rate.optional(),
  /** Steps between two checkpoints. */
  checkpointEvery: positive.default(100),
})

const validate = z.strictObject({
  ...shape,
  episodes,
  /** Steps between two validations. */
  every: positive,
  /** Stop after so many validations without a better one. */
  patience: positive.optional(),
  seed: episodesSeed,
})

const test = z.strictObject({
  ...shape,
  episodes: episodes.min(2),
  seed: episodesSeed,
  /** For a regression: after how many inner steps the error is measured. */
  adaptationSteps: z.array(count.max(MOST_INNER_STEPS)).min(1).max(100).optional(),
})

/** A run, as `kshot run` takes it; strict at each level. */
const fields = z.strictObject({
  learner,
  dataset,
  train,
  validate: validate.nullable().default(null),
  test,
  /** Draws the parameters and the training episodes. */
  seed: z.int().min(0).default(0),
  /** `auto` is written down as the backend that it stood for. */
  backend: z.enum(['wasm', 'cpu', 'node', 'node-gpu', 'webgpu', 'auto']).default('wasm'),
  /** How the tasks of a meta-batch are run: one by one, or all at once (equal but for rounding). */
  executor: z.enum(EXECUTORS).default('sequential'),
  /** Of `vectorised`: more need more memory, and are faster for tiny nets only. */
  tasksAtOnce: z.union([1, 2, 4, 8, 16, 24, 32, 64].map((n) => z.literal(n))).default(8),
  /** Threads that tasks are spread over; the bytes are the same for every number. 0: none. */
  workers: z.union([count.max(MOST_WORKERS), z.literal('auto')]).default(0),
  /** How many configurations were tried to find this one; a label of the result. */
  tuningTrials: z.int().min(0).default(0),
})

/** Classes are for the data sets that have some. */
export const configSchema = fields.superRefine(
  ({ dataset, train, validate, test }, { addIssue }) => {
    const regression = isRegression(dataset)
    for (const [phase, value] of Object.entries({ train, validate, test })) {
      if (!value || (value.ways === undefined) === regression) continue
      const message = regression ? 'no ways: a regression has no classes' : 'a number of classes'
      addIssue({ code: 'custom', path: [phase, 'ways'], message })
    }
    for (const [phase, value] of Object.entries({ train, validate, test })) {
      if (regression && typeof value?.shots === 'object') {
        const message = 'a number: each task of a regression has as many points'
        addIssue({ code: 'custom', path: [phase, 'shots'], message })
      }
      for (const key of ['within', 'drawers', 'distort', 'augment'] as const) {
        if (!regression || (value as { [key]?: unknown } | null)?.[key] === undefined) continue
        const message = `no ${key}: a regression has no classes`
        addIssue({ code: 'custom', path: [phase, key], message })
      }
    }
    if (test.adaptationSteps && !regression) {
      const message = 'no adaptationSteps: those are for a regression'
      addIssue({ code: 'custom', path: ['test', 'adaptationSteps'], message })
    }
  },
)

/** A configuration with every default filled in. */
export type Config = z.output<typeof configSchema>
export type ConfigInput = z.input<typeof configSchema>
