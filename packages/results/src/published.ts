import { KshotError } from '@kshot/core'
import { z } from 'zod'

const fraction = z.number().min(0).max(1)
const count = z.int().min(0).nullable()

/** A paper's test protocol; null: neither the paper nor its code says. */
const protocol = z.strictObject({
  split: z.string().nullable(),
  /** As in a configuration; or all classes of an episode turned alike. */
  rotations: z.enum(['all', 'train', 'none', 'per-class', 'per-episode']).nullable(),
  /** A class. */
  queries: count,
  resize: z.string().nullable(),
  /** What is normalised together at test. */
  norm: z.string().nullable(),
  testSteps: count,
  /** Whether training included the validation classes. */
  trainVal: z.boolean().nullable(),
  ensemble: z.boolean().nullable(),
  episodes: count,
})

const result = z.strictObject({
  ways: z.int().min(2),
  shots: z.int().min(1),
  accuracy: fraction,
  halfWidth: fraction.optional(),
  protocol: protocol.partial().optional(),
})

const entry = z.strictObject({
  learner: z.string(),
  name: z.string(),
  paper: z.string(),
  source: z.string(),
  interval: z.string().nullable(),
  dataset: z.string(),
  protocol,
  results: z.array(result).min(1),
})

const schema = z.strictObject({ description: z.string(), entries: z.array(entry) })

export type Protocol = z.output<typeof protocol>

/** One number of a paper. */
export interface Published {
  /** As {@link learnerKey} names it. */
  readonly learner: string
  readonly name: string
  readonly paper: string
  readonly source: string
  /** What the half-width measures; null: unknown. */
  readonly interval: string | null
  readonly dataset: string
  readonly ways: number
  readonly shots: number
  readonly accuracy: number
  readonly halfWidth?: number | undefined
  readonly protocol: Protocol
}

/**
 * Parses published numbers from a document, each with its full protocol.
 * @throws `published/bad-file` naming the place
 */
export function parsePublished(document: unknown): readonly Published[] {
  const { success, data, error } = schema.safeParse(document)
  if (!success) throw badFile(error.issues[0]!)
  return data.entries.flatMap(({ results, protocol, ...entry }) =>
    results.map((result) => ({
      ...entry,
      ...result,
      protocol: { ...protocol, ...result.protocol } as Protocol,
    })),
  )
}

function badFile({ path, message }: z.core.$ZodIssue): KshotError {
  return new KshotError('published/bad-file', {
    got: `published numbers, at ${path.join('.') || 'the top'}: ${message}`,
    expected: 'entries with learner, paper, source, protocol and results',
    remedy: 'Compare the entry with its neighbours; null means unknown',
  })
}
