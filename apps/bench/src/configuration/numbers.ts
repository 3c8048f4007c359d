import { LIMITS } from '@kshot/results'
import { z } from 'zod'

export const positive = z.int().min(1)
export const count = z.int().min(0)
export const rate = z.number().positive()

/** Classes, examples or queries of an episode, and tasks of a meta-batch: more never ends. */
export const size = positive.max(100_000)
export const batch = positive.max(10_000)
/** What results can hold. */
export const episodes = positive.max(LIMITS.episodes)
export const steps = count.max(LIMITS.steps)
/** More than any machine has cores: each is a thread, or a process, of its own. */
export const MOST_WORKERS = 512

const inOrder = ({ min, max }: { min: number; max: number }) => min <= max
const ORDER = 'min, and max of at least as much'

/** Classes of an episode: a number, or the ends of what each episode draws. */
export const ways = z.union([
  size.min(2),
  z.strictObject({ min: size.min(2), max: size.min(2) }).refine(inOrder, ORDER),
])

/** Support examples of a class; with `perClass` each class of an episode draws its own number. */
export const shots = z.union([
  size,
  z
    .strictObject({ min: size, max: size, perClass: z.literal(true).optional() })
    .refine(inOrder, ORDER),
])
