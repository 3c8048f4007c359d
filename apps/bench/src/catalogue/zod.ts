import type { Role, Schema } from '@kshot/core'
import { phrase } from '@kshot/core/options'
import { z } from 'zod'

/**
 * The zod schema of a card's options, whose errors name the place and what was expected.
 * @param roleOf what a spec of a role can be
 */
export function zodOf(schema: Schema, roleOf: (role: Role) => z.ZodType): z.ZodType {
  const inner = (part: Schema) => zodOf(part, roleOf)
  const { default: value, ...rest } = schema
  if (value !== undefined) return zodOf(rest, roleOf).default(value)
  const { role, anyOf, properties, prefixItems, items, description } = schema
  const described = (type: z.ZodType) => (description ? type.describe(description) : type)
  if (role) return described(roleOf(role))
  if (anyOf) return described(unionOf(anyOf.map(inner), schema))
  if (properties) return described(z.strictObject(shapeOf(schema, roleOf)))
  if (prefixItems) {
    return described(z.tuple(prefixItems.map(inner) as [z.ZodType, ...z.ZodType[]]))
  }
  if (items) return described(bounded(z.array(inner(items)), schema))
  if (isNumbers(schema.enum)) return described(z.literal(schema.enum))
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
}

/** The keys of a record of options; those that are not required may be left out, or have a default. */
export function shapeOf(
  { properties = {}, required = [] }: Schema,
  roleOf: (role: Role) => z.ZodType,
): { readonly [name: string]: z.ZodType } {
  const entries = Object.entries(properties).map(([name, part]) => {
    const type = zodOf(part, roleOf)
    const always = required.includes(name) || part.default !== undefined
    return [name, always ? type : type.optional()] as const
  })
  return Object.fromEntries(entries)
}

/** A value that is none of these is told what all of them are. */
function unionOf(forms: readonly z.ZodType[], schema: Schema): z.ZodType {
  return z.union(forms, {
    error: ({ code }) => (code === 'invalid_union' ? phrase(schema) : undefined),
  })
}

function isNumbers(values: Schema['enum']): values is readonly number[] {
  return values?.every((value) => typeof value === 'number') ?? false
}

function bounded(list: z.ZodArray, { minItems, maxItems }: Schema): z.ZodArray {
  const atLeast = minItems === undefined ? list : list.min(minItems)
  return maxItems === undefined ? atLeast : atLeast.max(maxItems)
}
