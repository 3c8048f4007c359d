import { z } from 'zod'
import { count, named, positive, rate } from './named'

const batchNorm = {
  eps: rate.optional(),
  momentum: z.number().min(0).max(1).optional(),
  gamma: z.boolean().optional(),
  innerSteps: positive.optional(),
}

/** The nets that a learner can be built on. */
export const backbone = named(
  'model',
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
    readout: z.enum(['mean', 'flatten']).optional(),
    ...batchNorm,
  }),
  z.strictObject({
    name: z.literal('convMaps'),
    filters: positive.optional(),
    blocks: positive.optional(),
    pooled: count.optional(),
    padding: z.enum(['same', 'valid']).optional(),
    ...batchNorm,
  }),
  z.strictObject({
    name: z.literal('kochNet'),
    filters: z.tuple([positive, positive, positive, positive]).optional(),
    units: positive.optional(),
    initializer: z.enum(['koch', 'torch']).optional(),
  }),
  z.strictObject({
    name: z.literal('mlp'),
    hidden: z.array(positive).optional(),
    outputs: positive.optional(),
    activation: z.enum(['relu', 'tanh', 'sigmoid', 'elu', 'softplus']).optional(),
    weightInit: z.enum(['torch', 'glorot', 'zeros']).optional(),
  }),
  z.strictObject({ name: z.literal('embeddings') }),
)
