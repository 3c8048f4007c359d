import type { Role, Schema } from './schema'

/** What is built in each role: how people call it, and the methods that it has. */
export const BUILT: { readonly [role in Role]: readonly [phrase: string, ...methods: string[]] } = {
  learner: ['a learner', 'init', 'adapt', 'predict'],
  model: ['a net, as in conv4()', 'init', 'apply'],
  optimizer: ['an optimizer, as in adam(1e-3)', 'init', 'update'],
  schedule: ['a schedule, as in cosine({ initial, steps })', 'at'],
  encoder: ['an encoder', 'encode'],
  dataset: ['a data set', 'read'],
  tasks: ['a source of tasks'],
}

/** A schema in words, as in `a whole number of at least 1`. */
export function phrase(schema: Schema): string {
  const { role, anyOf, type, properties, items, prefixItems } = schema
  if (role) return BUILT[role][0]
  if (anyOf) return anyOf.map(phrase).join(', or ')
  if (schema.enum) return `one of ${schema.enum.map(shown).join(', ')}`
  if (type === 'boolean') return 'true or false'
  if (type === 'integer') return `a whole number${bounds(schema)}`
  if (type === 'number') return `a number${bounds(schema)}`
  if (type === 'string') return textPhrase(schema)
  if (type === 'object') return `a record { ${Object.keys(properties ?? {}).join(', ')} }`
  if (prefixItems) return `a list [${prefixItems.map(phrase).join('; ')}]`
  if (type !== 'array') return 'anything'
  return items ? `a list, each of it ${phrase(items)}` : 'a list'
}

function textPhrase({ format, minLength, maxLength }: Schema): string {
  if (format === 'regex') return 'a regular expression'
  if (maxLength === undefined) return 'a text'
  return minLength === maxLength
    ? `a text of length ${maxLength}`
    : `a text of length ${minLength ?? 0} to ${maxLength}`
}

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const both = [
    minimum === undefined ? [] : `of at least ${minimum}`,
    exclusiveMinimum === undefined ? [] : `above ${exclusiveMinimum}`,
    maximum === undefined ? [] : `of at most ${maximum}`,
    exclusiveMaximum === undefined ? [] : `below ${exclusiveMaximum}`,
  ].flat()
  return both.length === 0 ? '' : ` ${both.join(' and ')}`
}

/** A value in a few words. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value !== 'object' || value === null) return String(value)
  const text = Array.isArray(value) || isPlain(value) ? JSON.stringify(value) : 'a record'
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

/** Of JSON: what is built has methods, and may hold itself. */
function isPlain(value: object): boolean {
  const plain = Object.getPrototypeOf(value) === Object.prototype
  return plain && Object.values(value).every((inner) => typeof inner !== 'function')
}
