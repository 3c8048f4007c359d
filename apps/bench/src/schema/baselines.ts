import { z } from 'zod'
import { backbone } from './backbones'
import { count, positive, rate } from './named'

/** The learners of @kshot/baseline. */
export const baselines = [
  z.strictObject({ name: z.literal('nearestCentroid'), backbone }),
  z.strictObject({ name: z.literal('nearestNeighbours'), backbone, k: positive.optional() }),
  z.strictObject({
    name: z.literal('fineTuned'),
    backbone,
    head: z.enum(['linear', 'cosine']).optional(),
    scale: rate.optional(),
    steps: count.optional(),
    rate: rate.optional(),
    weightDecay: z.number().min(0).optional(),
    headInit: z.enum(['still', 'drawn']).optional(),
  }),
  z.strictObject({
    name: z.literal('simpleShot'),
    backbone,
    transform: z.enum(['none', 'L2N', 'CL2N']).optional(),
  }),
] as const
