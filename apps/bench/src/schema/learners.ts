import { z } from 'zod'
import { backbone } from './backbones'
import { baselines } from './baselines'
import { comparing } from './comparing'
import { count, named, positive, rate } from './named'
import { optimizer } from './optimizers'

const normalisation = z.enum(['running', 'batch-joint', 'support+one', 'none'])
const mamlNormalisation = z.enum(['batch-separate', 'support+one', 'running', 'none'])

const protonet = z.strictObject({
  name: z.literal('protonet'),
  backbone,
  distance: z.enum(['squared-euclidean', 'cosine']).optional(),
  scale: rate.optional(),
  normalisation: z
    .strictObject({ train: normalisation.optional(), test: normalisation.optional() })
    .optional(),
})

const matchingNormalisation = z.enum([...normalisation.options, 'batch-separate'])

const matching = z.strictObject({
  name: z.literal('matching'),
  backbone,
  distance: z.enum(['cosine', 'cosine-support', 'squared-euclidean']).optional(),
  temperature: rate.optional(),
  learnsTemperature: z.boolean().optional(),
  fullContext: z.union([z.boolean(), positive]).optional(),
  normalisation: z
    .strictObject({
      train: matchingNormalisation.optional(),
      test: matchingNormalisation.optional(),
    })
    .optional(),
})

/** What the learners of @kshot/maml have in common; see `NetworkOptions` there. */
const network = {
  model: backbone,
  head: z.enum(['fixed', 'shared', 'none']).optional(),
  ways: positive.optional(),
  headInit: z
    .union([z.enum(['torch', 'glorot', 'zeros']), z.strictObject({ normal: rate })])
    .optional(),
  normalisation: z
    .strictObject({ train: mamlNormalisation.optional(), test: mamlNormalisation.optional() })
    .optional(),
}

const steps = z.union([count, z.strictObject({ train: count, test: count })])
const firstOrder = z.boolean().optional()
const adapts = z.string().optional()
const innerOptimizer = optimizer.optional()
const inner = { innerRate: rate, innerOptimizer, steps, firstOrder }
const { head: _, ...headless } = network

const gradientLearners = [
  z.strictObject({ name: z.literal('maml'), ...network, ...inner, adapts }),
  z.strictObject({ name: z.literal('anil'), ...network, ...inner }),
  z.strictObject({ name: z.literal('boil'), ...headless, ...inner }),
  z.strictObject({
    name: z.literal('metaSgd'),
    ...network,
    initialRate: z.union([rate, z.tuple([rate, rate])]).optional(),
    steps: steps.optional(),
    firstOrder,
    adapts,
  }),
  z.strictObject({
    name: z.literal('mamlPlusPlus'),
    ...network,
    innerRate: rate,
    steps,
    adapts,
    learnsRates: z.boolean().optional(),
    multiStepLoss: count.optional(),
    secondOrderFrom: count.optional(),
  }),
  z.strictObject({
    name: z.literal('reptile'),
    ...network,
    steps,
    innerOptimizer,
    batch: z.strictObject({ train: positive.optional(), test: positive.optional() }).optional(),
  }),
  z.strictObject({
    name: z.literal('implicitMaml'),
    ...network,
    innerRate: rate,
    steps,
    strength: rate,
    solverSteps: positive.optional(),
    damping: z.number().min(0).optional(),
  }),
  z.strictObject({
    name: z.literal('pretrained'),
    model: backbone,
    normalisation: network.normalisation,
    innerRate: rate,
    innerOptimizer,
    steps: count,
    adapts,
  }),
] as const

/** A third party's learner: an export of a file, called with options. Needs `--allow-module`. */
const module = z.strictObject({
  name: z.literal('module'),
  /** The file; in a configuration file, seen from there. */
  module: z.string().min(1),
  export: z.string().default('default'),
  options: z.record(z.string(), z.json()).default({}),
})

export const learner = named(
  'learner',
  protonet,
  matching,
  ...comparing,
  ...baselines,
  ...gradientLearners,
  module,
)
