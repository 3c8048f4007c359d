import { z } from 'zod'
import { backbone } from './backbones'
import { positive, rate } from './named'

const joint = ['running', 'batch-joint', 'none'] as const

const siamese = z.strictObject({
  name: z.literal('siamese'),
  backbone,
  shots: z.enum(['max', 'mean']).optional(),
  headInit: z
    .union([z.enum(['distance', 'torch', 'glorot', 'zeros']), z.strictObject({ normal: rate })])
    .optional(),
  regularisation: z.number().min(0).optional(),
  normalisation: z
    .strictObject({
      train: z.enum(joint).optional(),
      test: z.enum([...joint, 'support+one']).optional(),
    })
    .optional(),
})

const separate = z.enum([...joint, 'batch-separate'])

const relation = z.strictObject({
  name: z.literal('relation'),
  backbone,
  filters: positive.optional(),
  hidden: positive.optional(),
  eps: rate.optional(),
  momentum: z.number().min(0).max(1).optional(),
  loss: z.enum(['mse', 'cross-entropy']).optional(),
  shots: z.enum(['sum', 'mean']).optional(),
  normalisation: z
    .strictObject({ train: separate.optional(), test: separate.optional() })
    .optional(),
})

/** The learners that have learned to compare. */
export const comparing = [siamese, relation] as const
