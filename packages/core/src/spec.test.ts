import { expect, it } from 'vitest'
import { canonicalJson, fromSpec } from './spec'

const load = async () => ({
  outer: (options: { inner: unknown; list: unknown[] }) => ({ built: options }),
  inner: ({ n }: { n: number }) => `inner ${n}`,
})
const inner = (n: number) => ({ package: 'p', export: 'inner', options: { n } })

it('builds specs inside out, in lists too', async () => {
  const options = { inner: inner(1), list: [inner(2), 3] }
  const built = await fromSpec({ package: 'p', export: 'outer', options }, load)
  expect(built).toEqual({ built: { inner: 'inner 1', list: ['inner 2', 3] } })
})

it('names the exports there are', async () => {
  const spec = { package: 'p', export: 'missing', options: {} }
  await expect(fromSpec(spec, load)).rejects.toThrow('outer, inner')
})

it('writes equal values as equal text', () => {
  expect(canonicalJson({ b: 1, a: { d: 1, c: [1, { f: 1, e: 2 }] } })).toBe(
    canonicalJson({ a: { c: [1, { e: 2, f: 1 }], d: 1 }, b: 1 }),
  )
})
