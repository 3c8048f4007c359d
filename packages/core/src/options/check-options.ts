import { KshotError } from '../errors'
import { BUILT, phrase, shown } from './in-words'
import type { OptionsSchema, Role, Schema } from './schema'

/**
 * Checks the options of a factory against the schema that its card shows.
 * @param code of the error, as in `protonet/bad-option`
 * @param name of the factory
 * @throws an error with this code, which names the first option that is wrong
 * @example checkOptions('protonet/bad-option', 'protonet', protonetOptions, options)
 */
export function checkOptions(
  code: string,
  name: string,
  schema: OptionsSchema,
  options: unknown,
): void {
  const fault = faultOf(schema, options, '')
  if (!fault) return
  const { path, value, expected } = fault
  const { required = [] } = schema
  const needed = path === '' || required.includes(path)
  throw new KshotError(code, {
    got: `${name} ${value === undefined ? `without ${path || 'options'}` : `with ${path} ${shown(value)}`}`,
    expected,
    remedy: needed ? `Pass ${name}({ ${required.join(', ')} })` : 'Leave it out to use the default',
  })
}

/** What is wrong with a value, and where. */
interface Fault {
  /** Dotted, as in `normalisation.test`; empty for the whole. */
  readonly path: string
  readonly value: unknown
  readonly expected: string
}

function faultOf(schema: Schema, value: unknown, path: string): Fault | undefined {
  const { anyOf, type } = schema
  if (anyOf) return faultOfAll(anyOf, schema, value, path)
  if (type === 'object') return faultOfRecord(schema, value, path)
  if (type === 'array') return faultOfList(schema, value, path)
  return fits(schema, value) ? undefined : { path, value, expected: phrase(schema) }
}

/** Of the one form that the value is meant as, else of them all. */
function faultOfAll(
  forms: readonly Schema[],
  schema: Schema,
  value: unknown,
  path: string,
): Fault | undefined {
  const faults = forms.map((form) => faultOf(form, value, path))
  if (faults.includes(undefined)) return undefined
  const inside = faults.find((fault) => fault!.path !== path)
  return inside ?? { path, value, expected: phrase(schema) }
}

function faultOfRecord(schema: Schema, value: unknown, path: string): Fault | undefined {
  if (!isRecord(value)) return { path, value, expected: phrase(schema) }
  const { properties = {}, required = [] } = schema
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(properties, key))
  if (unknown !== undefined) {
    const expected = `one of the options ${Object.keys(properties).join(', ')}`
    return { path: within(path, unknown), value: value[unknown], expected }
  }
  for (const [key, part] of Object.entries(properties)) {
    const given = value[key]
    if (given === undefined && !required.includes(key)) continue
    const fault = faultOf(part, given, within(path, key))
    if (fault) return fault
  }
  return undefined
}

function faultOfList(schema: Schema, value: unknown, path: string): Fault | undefined {
  const { prefixItems = [], items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema
  const most = items === false ? prefixItems.length : maxItems
  if (!Array.isArray(value) || value.length < minItems || value.length > most) {
    return { path, value, expected: phrase(schema) }
  }
  for (const [i, item] of value.entries()) {
    const part = prefixItems[i] ?? (items || undefined)
    const fault = part && faultOf(part, item, within(path, String(i)))
    if (fault) return fault
  }
  return undefined
}

function fits(schema: Schema, value: unknown): boolean {
  const { role, type, pattern, format } = schema
  if (role) return isBuilt(role, value)
  if (schema.enum) return schema.enum.includes(value as string)
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isSafeInteger(value) && inBounds(schema, value as number)
    case 'number':
      return Number.isFinite(value) && inBounds(schema, value as number)
    case 'string': {
      if (typeof value !== 'string' || !hasLength(schema, value)) return false
      if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return false
      return format !== 'regex' || isRegex(value)
    }
    case undefined:
      return true
    default:
      return false
  }
}

function inBounds(schema: Schema, value: number): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  return (
    value >= (minimum ?? value) &&
    value <= (maximum ?? value) &&
    (exclusiveMinimum === undefined || value > exclusiveMinimum) &&
    (exclusiveMaximum === undefined || value < exclusiveMaximum)
  )
}

function hasLength({ minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Schema, text: string) {
  return text.length >= minLength && text.length <= maxLength
}

/** Whether a text is a regular expression. */
export function isRegex(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}

/** Whether something was built in a role: it knows its spec, and has the methods of one. */
function isBuilt(role: Role, value: unknown): boolean {
  const [, ...methods] = BUILT[role]
  const whole = (typeof value === 'object' && value !== null) || typeof value === 'function'
  const has = (name: string) => typeof (value as { readonly [name: string]: unknown })[name]
  return whole && has('spec') === 'object' && methods.every((name) => has(name) === 'function')
}

function within(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
