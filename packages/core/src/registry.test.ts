import {
  anything,
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  oneof,
  record,
  string,
} from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { OptionsSchema } from './options/schema'
import { checkSpec, fromSpec, mergedRegistries, type Registry } from './registry'
import type { Spec } from './spec'

const outer = (options: object) => ({ built: options })
const inner = ({ n }: { n: number }) => `inner ${n}`
const registry: Registry = { learner: { p: { outer } }, model: { q: { inner } } }
const spec = (name: string, one: string, options: object = {}) =>
  ({ package: name, export: one, options }) as Spec
const net = (n: number) => spec('q', 'inner', { n })

const codeOf = (value: unknown, to = registry) =>
  fromSpec(value, 'learner', to).then(
    () => 'built',
    (error) => error.code,
  )

it('builds specs inside out, in lists too', async () => {
  const options = { inner: net(1), list: [net(2), 3] }
  const built = await fromSpec(spec('p', 'outer', options), 'learner', registry)
  expect(built).toEqual({ built: { inner: 'inner 1', list: ['inner 2', 3] } })
})

describe('what the registry does not have', () => {
  it('is not built, at any depth', async () => {
    expect(await codeOf(spec('p', 'missing'))).toBe('spec/not-allowed')
    expect(await codeOf(spec('other', 'outer'))).toBe('spec/not-allowed')
    const deep = { list: [{ more: spec('q', 'missing') }] }
    expect(await codeOf(spec('p', 'outer', deep))).toBe('spec/not-allowed')
  })

  it('says what may be named, and where', async () => {
    const wrong = spec('p', 'outer', { list: [spec('q', 'missing')] })
    await expect(fromSpec(wrong, 'learner', registry)).rejects.toMatchObject({
      got: expect.stringContaining('at list.0'),
      expected: expect.stringContaining('inner of q'),
    })
  })

  it('is not built in another role', async () => {
    expect(await codeOf(net(1))).toBe('spec/not-allowed')
    const asNet = spec('p', 'outer', { net: spec('p', 'outer') })
    expect(await codeOf(asNet)).toBe('spec/not-allowed')
  })

  it.each(['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', ''])(
    'is not found on a prototype: %s',
    async (name) => {
      expect(await codeOf(spec('p', name))).toBe('spec/not-allowed')
      expect(await codeOf(spec(name, 'outer'))).toBe('spec/not-allowed')
      expect(await codeOf(spec(name, name))).toBe('spec/not-allowed')
    },
  )
})

it.each([
  ['no options', { package: 'p', export: 'outer' }],
  ['options null', { package: 'p', export: 'outer', options: null }],
  ['a list of options', { package: 'p', export: 'outer', options: [] }],
  ['more than a spec', { ...spec('p', 'outer'), name: 'x' }],
  ['no text as export', { package: 'p', export: 1, options: {} }],
  ['text', 'outer'],
  ['nothing', undefined],
  ['null', null],
  ['half a spec inside', spec('p', 'outer', { a: { package: 'q', export: 'inner' } })],
  [
    'a prototype among options',
    JSON.parse('{"package":"p","export":"outer","options":{"__proto__":{}}}'),
  ],
  ['a constructor, deep', spec('p', 'outer', { a: [{ constructor: 1 }] })],
])('refuses %s', async (_, value) => {
  expect(await codeOf(value)).toBe('spec/bad-shape')
})

it('is bounded in depth and in size', async () => {
  let deep: object = {}
  for (let i = 0; i < 100_000; i++) deep = { deep }
  expect(await codeOf(spec('p', 'outer', deep))).toBe('spec/too-large')
  const wide = Array.from({ length: 100_000 }, (_, i) => i)
  expect(await codeOf(spec('p', 'outer', { wide }))).toBe('spec/too-large')
})

describe('with a schema', () => {
  const schema: OptionsSchema = {
    type: 'object',
    properties: {
      net: { role: 'model' },
      rate: { anyOf: [{ type: 'number' }, { role: 'schedule' }] },
      nets: { type: 'array', items: { role: 'model' } },
      free: {},
    },
    additionalProperties: false,
  }
  const load = vi.fn(async () => outer)
  const check = vi.fn()
  const strict: Registry = {
    learner: { p: { outer: { load, schema, check } } },
    model: { q: { inner } },
    schedule: { q: { falling: () => 'falling' } },
  }

  it('takes specs in their roles', async () => {
    const options = { net: net(1), rate: spec('q', 'falling'), nets: [net(2)], free: 1 }
    expect(await fromSpec(spec('p', 'outer', options), 'learner', strict)).toEqual({
      built: { net: 'inner 1', rate: 'falling', nets: ['inner 2'], free: 1 },
    })
    expect(check).toHaveBeenCalledWith(options)
  })

  it.each([
    ['a net as a rate', { rate: net(1) }],
    ['a rate as a net', { net: spec('q', 'falling') }],
    ['a net where there is none', { free: net(1) }],
    ['a net under another name', { other: net(1) }],
    ['a net within what is no list of nets', { net: [net(1)] }],
  ])('refuses %s before anything is loaded', async (_, options) => {
    load.mockClear()
    expect(await codeOf(spec('p', 'outer', options), strict)).toBe('spec/not-allowed')
    expect(load).not.toHaveBeenCalled()
  })

  it('checks options before anything is loaded', async () => {
    load.mockClear()
    check.mockImplementationOnce(() => {
      throw Object.assign(new Error('wrong'), { code: 'wrong' })
    })
    expect(await codeOf(spec('p', 'outer'), strict)).toBe('wrong')
    expect(load).not.toHaveBeenCalled()
  })

  it('can be checked without building', () => {
    load.mockClear()
    checkSpec(spec('p', 'outer', { net: net(1) }), 'learner', strict)
    expect(load).not.toHaveBeenCalled()
    expect(() => checkSpec(net(1), 'learner', strict)).toThrow('learner')
  })
})

it('puts registries together', async () => {
  const more: Registry = {
    learner: { p: { other: () => 'other' } },
    model: { r: { third: inner } },
  }
  const all = mergedRegistries(registry, more)
  expect(await fromSpec(spec('p', 'other'), 'learner', all)).toBe('other')
  const options = { a: net(1), b: spec('r', 'third', { n: 3 }) }
  expect(await fromSpec(spec('p', 'outer', options), 'learner', all)).toEqual({
    built: { a: 'inner 1', b: 'inner 3' },
  })
})

it('calls nothing in another role than its own, whatever the spec', async () => {
  const forbidden = vi.fn()
  const strict: Registry = {
    learner: { p: { outer } },
    model: { q: { inner } },
    // Neither is ever among the options of a learner.
    tasks: { p: { forbidden }, q: { forbidden } },
  }
  const names = constantFrom('p', 'q', 'r', '__proto__', 'constructor')
  const exports = constantFrom('outer', 'inner', 'forbidden', 'constructor', 'toString')
  const one = record({ package: names, export: exports, options: anything({ maxDepth: 1 }) })
  const options = dictionary(string(), oneof(one, anything({ maxDepth: 2 })), { maxKeys: 4 })
  const codes = new Set<string>()
  await assert(
    asyncProperty(record({ package: names, export: exports, options }), async (value) => {
      codes.add(await codeOf(value, strict))
    }),
    { numRuns: 1000 },
  )
  expect(forbidden).not.toHaveBeenCalled()
  expect([...codes].sort()).toEqual(['built', 'spec/bad-shape', 'spec/not-allowed'])
})
