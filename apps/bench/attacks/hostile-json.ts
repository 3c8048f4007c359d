import fc from 'fast-check'

const deep = (n: number, leaf: unknown) => {
  let value = leaf
  for (let i = 0; i < n; i++) value = i % 2 ? [value] : { a: value }
  return value
}

/** Values of JSON that programs trip over. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    'x',
    0,
    -0,
    -1,
    1,
    1.5,
    1e308,
    -1e308,
    1e-320,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    2 ** 53 - 1,
    -(2 ** 53),
    [],
    {},
    [[1]],
    [null],
    { a: 1 },
    '__proto__',
    'constructor',
    'toString',
    'NaN',
    '\u0000',
    '\ud800',
    '\u001b]0;x\u0007\u001b[2J',
    '../../x',
    '<img src=x onerror=alert(1)>',
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('long', 'list', 'deep', 'record').map((kind) => {
    if (kind === 'long') return 'x'.repeat(100_000)
    if (kind === 'list') return Array(20_000).fill(1)
    if (kind === 'deep') return deep(50, 1)
    return Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`k${i}`, i]))
  }),
  fc.constant({ package: '@kshot/core', export: 'useBackend', options: {} }),
  fc.constant({ module: './evil.mjs' }),
  fc.jsonValue({ maxDepth: 3 }),
)

type Path = readonly string[]

/** Where the values of a document stand, itself among them. */
export function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Object.entries(value).flatMap(([key, part]) => places(part, [...path, key]))
  return [path, ...inner]
}

/** A copy with another value at a place; without one, where `value` is {@link GONE}. */
export const GONE = Symbol('gone')
export function withValue(document: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  const copy = (Array.isArray(document) ? [...document] : { ...(document as object) }) as {
    [key: string]: unknown
  }
  const inner = rest.length === 0 ? value : withValue(copy[key], rest, value)
  if (inner === GONE) delete copy[key]
  else
    Object.defineProperty(copy, key, {
      value: inner,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  return copy
}

export interface Mutation {
  apply(document: unknown): unknown
}

/** One to three places of a document with another value, or none, or one key more. */
export const mutation: fc.Arbitrary<Mutation> = fc
  .array(
    fc.record({
      where: fc.nat(),
      how: fc.constantFrom('set', 'set', 'set', 'remove', 'add', 'swap'),
      value: hostileValue,
      key: fc.constantFrom('x', '__proto__', 'constructor', 'prototype', 'toJSON', ''),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((steps) => ({
    apply: (document) =>
      steps.reduce((value, { where, how, value: other, key }) => {
        const all = places(value)
        const path = all[where % all.length]!
        if (how === 'remove' && path.length > 0) return withValue(value, path, GONE)
        if (how === 'add') return withValue(value, [...path.slice(0, -1), key], other)
        if (how === 'swap')
          return withValue(value, path, at(value, all[(where >> 4) % all.length]!))
        return withValue(value, path, other)
      }, document),
  }))

function at(document: unknown, path: Path): unknown {
  return path.reduce((value, key) => (value as { [key: string]: unknown })[key], document)
}
