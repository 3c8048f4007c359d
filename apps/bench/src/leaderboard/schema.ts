import { z } from 'zod'
import { EXECUTORS } from '../backends/executors'
import { encoderCards } from '../catalogue/cards'
import { data } from '../catalogue/datasets'
import { learner, optimizer } from '../catalogue/roles'
import { augment } from '../configuration/distortions'
import { batch, count, episodes, positive, rate, shots, size, ways } from '../configuration/numbers'

/** Bounds of one leaderboard. */
const MOST = { learners: 1000, settings: 1000, seeds: 1000 } as const

/** Part of the names of folders. */
const name = z
  .string()
  .regex(/^[A-Za-z0-9][\w+-]*$/, 'letters, digits, and -, _ or + after the first')

const training = {
  ways: ways.optional().describe('Classes of a training episode; default: the test’s.'),
  shots: shots.optional().describe('Default: the test’s.'),
  queries: size.optional().describe('Queries per class; default: the test’s.'),
  metaBatch: batch.optional().describe('Episodes per meta-step.'),
  optimizer: optimizer.optional().describe('Default: Adam at 0.001.'),
  decay: z
    .enum(['none', 'linear', 'cosine'])
    .optional()
    .describe('How a constant rate falls over the budget, down to 0. Default: none.'),
  augment: augment.optional().describe('Cuts, mirrors and recolours training pictures at random.'),
}

const entry = z.strictObject({
  name: name.optional().describe('The name in tables; default: the value of use.'),
  use: z
    .string()
    .optional()
    .describe('A standard learner (kshot ls standard) or a preset (kshot ls presets).'),
  options: z
    .record(z.string(), z.json())
    .optional()
    .describe('Changes single options of the learner in use.'),
  learner: learner.optional().describe('A complete learner, or a module, instead of use.'),
  train: z.strictObject(training).optional().describe('How this learner is trained.'),
  untrained: z
    .boolean()
    .optional()
    .describe('Tested as initialised: for a head that needs no training, on an encoder.'),
  executor: z.enum(EXECUTORS).optional(),
  tasksAtOnce: positive.optional(),
  backbone: z.string().optional().describe('For a module: its net, in words.'),
  tuningTrials: count
    .optional()
    .describe('How many configurations were tried before this one was chosen.'),
})

const setting = z.strictObject({
  name: name.optional(),
  data: data.optional(),
  ways: ways.optional().describe('Default: 5, or as many as the data has.'),
  shots: shots.default(1),
  queries: size.optional().describe('Per class; default: 15, or as many as the data has.'),
  within: z.literal('group').optional().describe('All classes of an episode from one alphabet.'),
  drawers: z.enum(['own', 'shared']).optional(),
  checkpointsOf: z
    .string()
    .optional()
    .describe(
      'Tests the checkpoints of the setting with this name; nothing is trained for this one.',
    ),
})

const budget = z
  .strictObject({
    images: positive.optional().describe('Number of training pictures (vectors, texts).'),
    episodes: positive.optional(),
    seconds: rate
      .optional()
      .describe(
        'Wall-clock time: ranks kernels and machines as much as learners; the table is marked.',
      ),
  })
  .refine((value) => Object.keys(value).length > 0, 'images, episodes or seconds')

const seed = count.default(0)

const validate = z.strictObject({
  episodes: episodes.default(50),
  checks: positive.default(20).describe('Number of validations over the whole budget.'),
  every: positive
    .default(100)
    .describe('Meta-steps between validations, if the budget is in seconds.'),
  patience: positive
    .nullable()
    .default(10)
    .describe('Stops after this many validations without improvement; null: never.'),
  seed,
})

const test = z.strictObject({
  episodes: episodes.min(2).default(600).describe('Tables with fewer than 600 are marked.'),
  seed,
})

/** Several learners under the same conditions; strict at each level. */
export const leaderboardSchema = z.strictObject({
  $schema: z.string().optional(),
  title: z.string().optional(),
  data: data.optional().describe('The data for all settings that name none.'),
  learners: z
    .array(z.union([z.string(), entry]))
    .min(1)
    .max(MOST.learners)
    .optional()
    .describe('Names of standard learners or presets, or complete entries.'),
  filters: positive
    .optional()
    .describe('Filters of the standard learners’ nets for pictures; default: 32.'),
  encoder: z
    .enum(encoderCards.map(({ name }) => name) as [string, ...string[]])
    .optional()
    .describe('Standard learners take its embeddings, with their nets for vectors on top.'),
  settings: z
    .array(setting)
    .min(1)
    .max(MOST.settings)
    .default([{ shots: 1 }]),
  seeds: z
    .array(count)
    .min(1)
    .max(MOST.seeds)
    .default([1, 2])
    .describe('Each learner is trained once per seed. Claims about learners need at least five.'),
  backends: z
    .array(z.enum(['wasm', 'cpu', 'node', 'node-gpu', 'webgpu']))
    .min(1)
    .default(['wasm']),
  budget: budget
    .default({ images: 100_000 })
    .describe('The same for all learners; each kind of budget gives a table.'),
  train: z
    .strictObject({ ...training, checkpointEvery: positive.default(100) })
    .default({ checkpointEvery: 100 })
    .describe('For all learners, unless an entry overrides it.'),
  validate: validate.default(validate.parse({})),
  test: test.default(test.parse({})),
})

export type Leaderboard = z.output<typeof leaderboardSchema>
export type Entry = z.output<typeof entry>
export type Training = NonNullable<Entry['train']>
export type SettingInput = z.output<typeof setting>

interface Form {
  properties?: { [key: string]: { const?: unknown } }
  required?: string[]
}

/** For editors: completion and checks while a configuration is written. */
export function jsonSchema(): object {
  const schema = z.toJSONSchema(leaderboardSchema, {
    io: 'input',
    reused: 'ref',
    // Nobody writes these names: `package` and `module` imply them.
    override({ jsonSchema }) {
      const { properties, required } = jsonSchema as Form
      if (!properties?.name || !('package' in properties || 'module' in properties)) return
      ;(jsonSchema as Form).required = required?.filter((key) => key !== 'name') ?? []
    },
  })
  return { ...schema, title: 'A kshot leaderboard' }
}
