import { z } from 'zod'

const positive = z.int().min(1)
const rate = z.number().positive()

const normalisation = z.enum(['running', 'batch-joint', 'support+one', 'none'])
const mamlNormalisation = z.enum(['batch-separate', 'support+one', 'running', 'none'])

/** Anything else than the short forms below: an export of one of kshot's packages. */
const spec = z.strictObject({
  name: z.literal('spec'),
  package: z.string(),
  export: z.string(),
  options: z.record(z.string(), z.json()),
})

/** A short form by its `name`, or a whole spec: `{ package, export, options }`. */
function named<const T extends readonly [z.ZodObject, ...z.ZodObject[]]>(...forms: T) {
  // The form is chosen by its name before it is checked, so that errors are about one form only.
  return z.preprocess(
    (value) =>
      typeof value === 'object' && value !== null && 'package' in value
        ? { name: 'spec', ...value }
        : value,
    z.discriminatedUnion('name', [...forms, spec]),
  )
}

const batchNorm = { eps: rate.optional(), momentum: z.number().min(0).max(1).optional() }

const backbone = named(
  z.strictObject({
    name: z.literal('conv4'),
    filters: positive.optional(),
    blocks: positive.optional(),
    ...batchNorm,
  }),
  z.strictObject({
    name: z.literal('finnNet'),
    filters: positive.optional(),
    blocks: positive.optional(),
    ...batchNorm,
  }),
  z.strictObject({
    name: z.literal('mlp'),
    hidden: z.array(positive).optional(),
    outputs: positive.optional(),
  }),
  z.strictObject({ name: z.literal('embeddings') }),
)

const protonet = z.strictObject({
  name: z.literal('protonet'),
  backbone,
  distance: z.enum(['squared-euclidean', 'cosine']).optional(),
  scale: rate.optional(),
  normalisation: z
    .strictObject({ train: normalisation.optional(), test: normalisation.optional() })
    .optional(),
})

const count = z.int().min(0)

const maml = z.strictObject({
  name: z.literal('maml'),
  model: backbone,
  head: z.enum(['fixed', 'shared']).optional(),
  ways: positive.optional(),
  headInit: z
    .union([z.enum(['torch', 'glorot', 'zeros']), z.strictObject({ normal: rate })])
    .optional(),
  innerRate: rate,
  steps: z.union([count, z.strictObject({ train: count, test: count })]),
  firstOrder: z.boolean().optional(),
  adapts: z.string().optional(),
  normalisation: z
    .strictObject({ train: mamlNormalisation.optional(), test: mamlNormalisation.optional() })
    .optional(),
})

const learner = named(protonet, maml)

const schedule = named(
  z.strictObject({
    name: z.literal('step'),
    initial: rate,
    every: positive,
    factor: rate.optional(),
  }),
  z.strictObject({
    name: z.literal('cosine'),
    initial: rate,
    steps: positive,
    final: z.number().min(0).optional(),
  }),
)

const rates = z.union([rate, schedule])

const optimizer = named(
  z.strictObject({
    name: z.literal('adam'),
    rate: rates,
    b1: z.number().optional(),
    b2: z.number().optional(),
    eps: rate.optional(),
  }),
  z.strictObject({ name: z.literal('sgd'), rate: rates }),
)

/** Largest values, drawn evenly in ± of them for each picture, in training and at test. */
const amount = z.number().min(0)
const distort = z.strictObject({
  /** Degrees. */
  rotation: amount.optional(),
  shear: amount.optional(),
  /** A share: 0.2 is 0.8 to 1.2. */
  scale: amount.max(0.9).optional(),
  /** Pixels. */
  shift: amount.optional(),
})

const dataset = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('glyphs'), distort: distort.optional() }),
  z.strictObject({
    name: z.literal('omniglot'),
    split: z.enum(['vinyals', 'finn', 'lake']).default('vinyals'),
    resize: z.enum(['nearest', 'area']).default('nearest'),
    /**
     * Turned characters as classes of their own: in all splits, in training alone, or nowhere; or
     * each class of an episode turned by an angle of its own (Finn et al. 2017), in all splits.
     */
    rotations: z.enum(['all', 'train', 'none', 'per-class']).default('all'),
    distort: distort.optional(),
  }),
])

const shape = { ways: z.int().min(2), shots: positive, queries: positive }
/** Which episodes are drawn. Apart from the run's seed, so that runs with other seeds are tested on the same. */
const episodesSeed = z.int().min(0).default(0)

const train = z.strictObject({
  ...shape,
  /** Meta-steps; each takes `metaBatch` episodes. */
  steps: positive,
  metaBatch: positive.default(1),
  optimizer,
  /** `train+val` trains on the validation classes too, and validates nothing: a paper's final number. */
  split: z.enum(['train', 'train+val']).default('train'),
  /** Bounds training; such a run is no longer the same bytes each time. */
  maxSeconds: rate.optional(),
  /** Steps between two checkpoints. */
  checkpointEvery: positive.default(100),
})

const validate = z.strictObject({
  ...shape,
  episodes: positive,
  /** Steps between two validations. */
  every: positive,
  /** Stop after so many validations without a better one. */
  patience: positive.optional(),
  seed: episodesSeed,
})

const test = z.strictObject({ ...shape, episodes: z.int().min(2), seed: episodesSeed })

/** A run, as `kshot run` takes it; strict at each level. */
export const configSchema = z.strictObject({
  learner,
  dataset,
  train,
  validate: validate.nullable().default(null),
  test,
  /** Draws the parameters and the training episodes. */
  seed: z.int().min(0).default(0),
  backend: z.enum(['wasm', 'cpu']).default('wasm'),
  /** How many configurations were tried to find this one; a label of the result. */
  tuningTrials: z.int().min(0).default(0),
})

/** A configuration with every default filled in. */
export type Config = z.output<typeof configSchema>
export type ConfigInput = z.input<typeof configSchema>
