import { z } from 'zod'
import { named, positive, rate } from './named'

const fall = { initial: rate, steps: positive, final: z.number().min(0).optional() }

export const schedule = named(
  'schedule',
  z.strictObject({
    name: z.literal('step'),
    initial: rate,
    every: positive,
    factor: rate.optional(),
  }),
  z.strictObject({ name: z.literal('linear'), ...fall }),
  z.strictObject({ name: z.literal('cosine'), ...fall }),
)

const rates = z.union([rate, schedule])

export const optimizer = named(
  'optimizer',
  z.strictObject({
    name: z.literal('adam'),
    rate: rates,
    b1: z.number().optional(),
    b2: z.number().optional(),
    eps: rate.optional(),
  }),
  z.strictObject({ name: z.literal('sgd'), rate: rates }),
)
