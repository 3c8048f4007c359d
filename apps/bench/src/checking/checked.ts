import { KshotError } from '@kshot/core'
import type { z } from 'zod'
import { nearest, nearestPath } from './nearest-key'
import { namesAt, pathsOf } from './schema-paths'

/**
 * A value that a schema has checked, with its defaults.
 * @throws `config/unknown-key` naming the nearest, `config/missing-key`, `config/wrong-type`,
 * `config/bad-value`, `usage/foreign-module`
 */
export function checked<T extends z.ZodType>(schema: T, raw: unknown): z.output<T> {
  const { success, data, error } = schema.safeParse(raw)
  if (!success) throw fault(innermost(error.issues[0]!), raw, schema)
  return data
}

type Issue = z.core.$ZodIssue

/** The issue inside a union that is about the value at hand: the form that got furthest. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue
  const inner = issue.errors.map(([first]) => first!)
  // A fraction is a number all the same.
  const isOther = (one: Issue) => one.code === 'invalid_type' && one.expected !== 'int'
  const depth = (one: Issue) => one.path.length + (isOther(one) ? 0 : 1)
  const best = inner.reduce((a, b) => (depth(b) > depth(a) ? b : a))
  if (depth(best) === 0) return issue
  return innermost({ ...best, path: [...issue.path, ...best.path] } as Issue)
}

function fault(issue: Issue, raw: unknown, schema: z.ZodType): KshotError {
  const value = issue.path.reduce<unknown>(valueAt, raw)
  const key = issue.path.join('.')
  if (issue.code === 'custom' && issue.params?.foreign) return foreign(key, value, issue.message)
  if (issue.code === 'unrecognized_keys') {
    return unknownKey([...issue.path, issue.keys[0]!], raw, schema)
  }
  if (issue.code === 'invalid_union' && ['name', 'kind'].includes(String(issue.path.at(-1)))) {
    return unknownName(key, value, namesAt(schema, raw, issue.path))
  }
  const type = ['invalid_type', 'invalid_union', 'custom'].includes(issue.code)
  const missing = type && value === undefined
  const code = missing ? 'missing-key' : type ? 'wrong-type' : 'bad-value'
  return new KshotError(`config/${code}`, {
    got: missing ? `no '${key}'` : `'${key}' is ${JSON.stringify(value)}, ${typeName(value)}`,
    expected: expectation(issue),
    remedy: `Correct it in the configuration, or pass --set ${key}=…`,
  })
}

function unknownKey(path: readonly PropertyKey[], raw: unknown, schema: z.ZodType): KshotError {
  const key = path.join('.')
  const near = nearestPath(key, pathsOf(schema, raw))
  const siblings = pathsOf(schema, raw).filter(
    (other) => other.split('.').length === path.length && other.startsWith(prefix(path)),
  )
  return new KshotError('config/unknown-key', {
    got: `the unknown key '${key}'`,
    expected: `one of ${siblings.map((other) => other.split('.').at(-1)).join(', ')}`,
    remedy: near ? `Did you mean '${near}'?` : 'Leave it out',
  })
}

function unknownName(key: string, value: unknown, names: readonly string[]): KshotError {
  const near = typeof value === 'string' ? nearest(value, names) : undefined
  return new KshotError('config/bad-value', {
    got: value === undefined ? `no '${key}'` : `'${key}' is ${JSON.stringify(value)}`,
    expected: `one of ${names.join(', ')}`,
    remedy: near ? `Did you mean '${near}'?` : 'Name one of them',
  })
}

/** What stands under a key; in a whole spec, among its options. */
function valueAt(at: unknown, key: PropertyKey): unknown {
  const record = Object(at) as Record<PropertyKey, unknown>
  const inOptions = 'package' in record && !(key in record)
  return inOptions ? valueAt(record.options, key) : record[key]
}

function foreign(key: string, value: unknown, expected: string): KshotError {
  return new KshotError('usage/foreign-module', {
    got: `${key ? `'${key}' is ` : ''}${JSON.stringify(value)}`,
    expected,
    remedy:
      "Name a third party's by its file, { module, export, options }, and pass --allow-module",
  })
}

function prefix(path: readonly PropertyKey[]): string {
  return path
    .slice(0, -1)
    .map((key) => `${String(key)}.`)
    .join('')
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value)
    ? 'a list'
    : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'an integer' : `a value of type ${issue.expected}`
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    case 'too_small':
      if (issue.origin === 'array') return `at least ${issue.minimum} in the list`
      if (issue.origin === 'string') return `a text of length ${issue.minimum} or more`
      return `a number ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`
    case 'too_big':
      if (issue.origin === 'array') return `at most ${issue.maximum} in the list`
      if (issue.origin === 'string') return `a text of length ${issue.maximum} or less`
      return `a number ${issue.inclusive ? 'of at most' : 'below'} ${issue.maximum}`
    default:
      return issue.code === 'invalid_union' && issue.message === 'Invalid input'
        ? 'a number, or a schedule { name, … }'
        : issue.message
  }
}
