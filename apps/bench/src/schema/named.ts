import { z } from 'zod'
import { mayName, type NamedRole, namesOf } from '../names'

export const positive = z.int().min(1)
export const count = z.int().min(0)
export const rate = z.number().positive()

/**
 * What a role can be: a short form by its `name`, or the same as a whole spec, `{ package, export,
 * options }`, which is read as the short form.
 */
export function named<const T extends readonly [z.ZodObject, ...z.ZodObject[]]>(
  role: NamedRole,
  ...forms: T
) {
  // The form is chosen by its name before it is checked, so that errors are about one form only.
  return z.preprocess(
    (value) => shortened(role, value),
    z.discriminatedUnion('name', [...forms, foreign(role)]),
  )
}

function shortened(role: NamedRole, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('module' in value) return { name: 'module', ...value }
  if (!('package' in value)) return value
  const { package: name, export: one, options } = value as { [key: string]: unknown }
  const record = typeof options === 'object' && options !== null && !Array.isArray(options)
  const known = record && mayName(role, name, one)
  return known ? { ...options, name: one } : { ...value, name: 'spec' }
}

/** A spec of anything else, which may not be named. */
function foreign(role: NamedRole) {
  const spec = z.strictObject({
    name: z.literal('spec'),
    package: z.string(),
    export: z.string(),
    options: z.record(z.string(), z.json()),
  })
  return spec.refine((_): _ is never => false, {
    message: `a ${role} of kshot: ${namesOf(role).join(', ')}`,
    params: { foreign: true },
  })
}
