import type { Json } from '../spec'

/** The roles that a spec can have. Backends and executors have none: no file names them. */
export const ROLES = [
  'learner',
  'model',
  'optimizer',
  'schedule',
  'encoder',
  'dataset',
  'tasks',
] as const

export type Role = (typeof ROLES)[number]

/**
 * A JSON Schema (draft 2020-12) of options, limited to the keywords that cards need. One keyword is ours:
 * `role` marks the place of a spec and says what it must build.
 */
export interface Schema {
  readonly role?: Role
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null'
  readonly description?: string
  readonly default?: Json
  readonly enum?: readonly (string | number | boolean | null)[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  /** `regex`: a text that is a regular expression. */
  readonly format?: 'regex'
  readonly items?: Schema | false
  readonly prefixItems?: readonly Schema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly properties?: { readonly [name: string]: Schema }
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly anyOf?: readonly Schema[]
}

/** A record of the named options and no others. */
export interface OptionsSchema extends Schema {
  readonly type: 'object'
  readonly properties: { readonly [name: string]: Schema }
  readonly additionalProperties: false
}

/** A place among options: keys and numbers of list items. */
export type Path = readonly (string | number)[]

/** The roles that a spec at a place may have; none, where a schema has no spec there. */
export function rolesAt(schema: Schema, path: Path): Role[] {
  const forms = schema.anyOf ?? [schema]
  const [key, ...rest] = path
  if (key === undefined) return forms.flatMap(({ role }) => role ?? [])
  return forms.flatMap((form) => {
    const inner = typeof key === 'number' ? itemAt(form, key) : propertyOf(form, key)
    return inner ? rolesAt(inner, rest) : []
  })
}

function itemAt({ prefixItems = [], items }: Schema, i: number): Schema | undefined {
  return prefixItems[i] ?? (items || undefined)
}

function propertyOf({ properties = {} }: Schema, key: string): Schema | undefined {
  return Object.hasOwn(properties, key) ? properties[key] : undefined
}
