import { z } from 'zod'

export const positive = z.int().min(1)
export const count = z.int().min(0)
export const rate = z.number().positive()

/** Anything else than the short forms below: an export of one of kshot's packages. */
const spec = z.strictObject({
  name: z.literal('spec'),
  package: z.string(),
  export: z.string(),
  options: z.record(z.string(), z.json()),
})

/** A short form by its `name`, or a whole spec: `{ package, export, options }`. */
export function named<const T extends readonly [z.ZodObject, ...z.ZodObject[]]>(...forms: T) {
  // The form is chosen by its name before it is checked, so that errors are about one form only.
  return z.preprocess(implied, z.discriminatedUnion('name', [...forms, spec]))
}

function implied(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('package' in value) return { name: 'spec', ...value }
  return 'module' in value ? { name: 'module', ...value } : value
}
