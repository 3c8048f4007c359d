import type { z } from 'zod'

/** What there is of a zod schema's inside; its own types hide which of these a schema has. */
interface Inside {
  readonly def: {
    readonly type: string
    readonly innerType?: Inside
    readonly out?: Inside
    readonly options?: readonly Inside[]
    readonly discriminator?: string
    readonly shape?: { readonly [key: string]: Inside }
    readonly values?: readonly unknown[]
  }
}

/** Dotted paths of all keys that a schema knows, for a value that says which form of a union is meant. */
export function pathsOf(schema: z.ZodType, value: unknown): string[] {
  return paths(schema as unknown as Inside, value, '')
}

function paths(schema: Inside, value: unknown, at: string): string[] {
  return Object.entries(shapeOf(schema, value)).flatMap(([key, inner]) => {
    const path = at === '' ? key : `${at}.${key}`
    return [path, ...paths(inner, property(value, key), path)]
  })
}

/** The names that the union at a path tells apart, as in `conv4`, `mlp`. */
export function namesAt(schema: z.ZodType, value: unknown, path: readonly PropertyKey[]): string[] {
  let at = schema as unknown as Inside
  let inner = value
  for (const key of path.slice(0, -1)) {
    const next = shapeOf(at, inner)[String(key)]
    if (!next) return []
    at = next
    inner = property(inner, String(key))
  }
  const names = unions(at).flatMap(({ def }) => def.options?.map(nameOf) ?? [])
  return names.filter((name) => name !== undefined && name !== 'spec') as string[]
}

function shapeOf(schema: Inside, value: unknown): { readonly [key: string]: Inside } {
  const { def } = unwrapped(schema)
  if (def.shape) return def.shape
  const forms = unions(schema).flatMap(({ def }) => def.options ?? [])
  const form = forms.find((option) => nameOf(option) === property(value, 'name'))
  return form ? shapeOf(form, value) : {}
}

function unions(schema: Inside): Inside[] {
  const at = unwrapped(schema)
  if (at.def.discriminator) return [at]
  return at.def.options?.flatMap(unions) ?? []
}

function unwrapped(schema: Inside): Inside {
  const inner = schema.def.innerType ?? schema.def.out
  return inner ? unwrapped(inner) : schema
}

function nameOf(option: Inside): string | undefined {
  const { shape } = unwrapped(option).def
  return shape?.name && (unwrapped(shape.name).def.values?.[0] as string)
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined
}
