import type { z } from 'zod'

/** What there is of a zod schema's inside; its own types hide which of these a schema has. */
interface Inside {
  readonly def: {
    readonly type: string
    readonly innerType?: Inside
    readonly out?: Inside
    readonly getter?: () => Inside
    readonly element?: Inside
    readonly options?: readonly Inside[]
    readonly discriminator?: string
    readonly shape?: { readonly [key: string]: Inside }
    readonly values?: readonly unknown[]
  }
}

/** Dotted paths of all keys that a schema knows, for a value that says which form of a union is meant. */
export function pathsOf(schema: z.ZodType, value: unknown): string[] {
  return paths(schema as Inside, value, '')
}

function paths(schema: Inside, value: unknown, at: string): string[] {
  return Object.entries(shapeOf(schema, value)).flatMap(([key, inner]) => {
    const path = at === '' ? key : `${at}.${key}`
    return [path, ...paths(inner, property(value, key), path)]
  })
}

/** The names that the union at a path tells apart, for example `conv4`, `mlp`. */
export function namesAt(schema: z.ZodType, value: unknown, path: readonly PropertyKey[]): string[] {
  let at = schema as Inside
  let inner = value
  for (const key of path.slice(0, -1)) {
    const next = shapeOf(at, inner)[String(key)]
    if (!next) return []
    at = next
    inner = property(inner, String(key))
  }
  const names = unions(at).flatMap(({ def }) => def.options?.map((o) => nameOf(o, def)) ?? [])
  return names.filter((name) => name !== undefined && !IMPLIED.includes(name)) as string[]
}

/** Names that nobody writes: what else the object has implies them. */
const IMPLIED = ['spec', 'module']

function shapeOf(schema: Inside, value: unknown): { readonly [key: string]: Inside } {
  const { def } = unwrapped(schema)
  if (def.shape) return def.shape
  if (def.element) {
    const items = Array.isArray(value) ? value : []
    return Object.fromEntries(items.map((_, i) => [i, def.element!]))
  }
  for (const { def } of unions(schema)) {
    const name = property(value, def.discriminator!)
    const form = def.options?.find((option) => name !== undefined && nameOf(option, def) === name)
    if (form) return shapeOf(form, value)
  }
  // Objects beside other types, as in a list of names or objects.
  const object = def.options?.find((option) => unwrapped(option).def.shape)
  return object && typeof value === 'object' ? shapeOf(object, value) : {}
}

function unions(schema: Inside): Inside[] {
  const at = unwrapped(schema)
  if (at.def.discriminator) return [at]
  return at.def.options?.flatMap(unions) ?? []
}

function unwrapped(schema: Inside): Inside {
  const { innerType, out, getter } = schema.def
  const inner = innerType ?? out ?? getter?.()
  return inner ? unwrapped(inner) : schema
}

function nameOf(option: Inside, { discriminator }: Inside['def']): string | undefined {
  const { shape } = unwrapped(option).def
  const name = shape?.[discriminator!]
  return name && (unwrapped(name).def.values?.[0] as string)
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined
}
