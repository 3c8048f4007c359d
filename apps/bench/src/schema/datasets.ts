import { z } from 'zod'

/** Largest values, drawn evenly in ± of them for each picture. Of a data set: in training and at test. */
const amount = z.number().min(0)
export const distort = z.strictObject({
  /** Degrees. */
  rotation: amount.optional(),
  shear: amount.optional(),
  /** A share: 0.2 is 0.8 to 1.2. */
  scale: amount.max(0.9).optional(),
  /** Pixels. */
  shift: amount.optional(),
})

const range = z.tuple([z.number(), z.number()])

export const dataset = z.discriminatedUnion('name', [
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
  /** Regression: y = a sin(x − φ), a and φ drawn for each task (Finn et al. 2017, section 5.1). */
  z.strictObject({
    name: z.literal('sinusoids'),
    amplitude: range.optional(),
    phase: range.optional(),
    range: range.optional(),
  }),
])
