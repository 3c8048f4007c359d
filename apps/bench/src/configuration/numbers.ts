import { z } from 'zod'

export const positive = z.int().min(1)
export const count = z.int().min(0)
export const rate = z.number().positive()

const inOrder = ({ min, max }: { min: number; max: number }) => min <= max
const ORDER = 'min, and max of at least as much'

/** Classes of an episode: a number, or the ends of what each episode draws. */
export const ways = z.union([
  z.int().min(2),
  z.strictObject({ min: z.int().min(2), max: z.int().min(2) }).refine(inOrder, ORDER),
])

/** Support examples of a class; with `perClass` each class of an episode draws its own number. */
export const shots = z.union([
  positive,
  z
    .strictObject({ min: positive, max: positive, perClass: z.literal(true).optional() })
    .refine(inOrder, ORDER),
])
