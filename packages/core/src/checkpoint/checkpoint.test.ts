import { codeOf } from '@kshot/testkit'
import '@tensorflow/tfjs-backend-cpu'
import {
  cast,
  complex,
  memory,
  scalar,
  setBackend,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Json, Spec } from '../spec'
import type { Params } from '../tree'
import * as tree from '../tree'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint'
import { loadMeta, saveMeta } from './meta'
import { decodeSafetensors, encodeSafetensors } from './safetensors'

beforeAll(async () => {
  await setBackend('cpu')
})

// What a tree is made of, so that fast-check can shrink it without tensors.
type Plan = { shape: number[]; values: number[]; dtype: 'float32' | 'int32' | 'bool' }
type PlannedTree = Plan | PlannedTree[] | { [name: string]: PlannedTree }

const leaf = fc
  .record({
    shape: fc.array(fc.nat(3), { maxLength: 3 }),
    seed: fc.float({ noDefaultInfinity: false }),
    dtype: fc.constantFrom<Plan['dtype']>('float32', 'int32', 'bool'),
  })
  .map(({ shape, seed, dtype }) => {
    const size = shape.reduce((a, b) => a * b, 1)
    const one = dtype === 'float32' ? seed : dtype === 'int32' ? Math.trunc(seed) | 0 : +(seed > 0)
    return { isLeaf: true, shape, dtype, values: Array<number>(size).fill(one) }
  })
const key = fc.oneof(fc.string(), fc.constantFrom('a', 'a/b', 'b', '~1', '__proto__', '10', '2'))
const planned = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).tree as fc.Arbitrary<PlannedTree>
const plannedTrees = fc.dictionary(
  key.filter((name) => name !== '__metadata__'),
  planned,
  { maxKeys: 3, noNullPrototype: true },
)

function plant(plan: unknown): Params {
  if (Array.isArray(plan)) return plan.map(plant)
  const record = plan as Record<string, unknown>
  if (record.isLeaf === true && Object.hasOwn(record, 'isLeaf')) {
    const { values, shape, dtype } = plan as Plan
    const array = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype]
    return tensor(array.from(values), shape, dtype)
  }
  return Object.fromEntries(Object.entries(record).map(([name, part]) => [name, plant(part)]))
}

// Everything that a tree is, as text: structure, types, shapes and bits.
function portrait(node: Params): string {
  if (tree.isTensor(node)) {
    const data = node.dataSync()
    const bits = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    return `${node.dtype}[${node.shape}]<${bits.join(' ')}>`
  }
  if (Array.isArray(node)) return `[${node.map(portrait).join(', ')}]`
  const entries = Object.entries(node as Record<string, Params>)
  const parts = entries.map(([name, part]) => `${JSON.stringify(name)}: ${portrait(part)}`)
  return `{${parts.sort().join(', ')}}`
}

const small = () => ({
  trees: { params: { w: tensor([1, 2]), list: [scalar(true), {}, []] }, state: {} },
  json: { learner: 'x', n: 1 },
})

describe('checkpoints', () => {
  it('hold any tree: structure, types, shapes and bits', async () => {
    await fc.assert(
      fc.asyncProperty(plannedTrees, fc.jsonValue(), async (plan, json) => {
        const before = memory().numTensors
        const trees = plant(plan) as Record<string, Params>
        const restored = decodeCheckpoint(await encodeCheckpoint({ trees, json: json as Json }))
        expect(portrait(restored.trees)).toBe(portrait(trees))
        expect(restored.json).toEqual(JSON.parse(JSON.stringify(json)))
        tree.dispose([trees, restored.trees])
        expect(memory().numTensors).toBe(before)
      }),
      { numRuns: 200 },
    )
  })

  it('hold trees with empty keys, found by the property above', async () => {
    const trees = { '': { a: scalar(1) }, a: scalar(2) }
    const restored = decodeCheckpoint(await encodeCheckpoint({ trees, json: null }))
    expect(portrait(restored.trees)).toBe(portrait(trees))
  })

  it('keep NaN, infinities, -0 and denormals bit by bit', async () => {
    const values = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-45, 3.4e38)
    const trees = { x: tensor(values) }
    const restored = decodeCheckpoint(await encodeCheckpoint({ trees, json: null }))
    expect(portrait(restored.trees)).toBe(portrait(trees))
  })

  it('are the same bytes for the same values, in any order', async () => {
    const [a, b] = [tensor([1]), tensor([2])]
    const one = await encodeCheckpoint({ trees: { p: { a, b } }, json: null })
    const other = await encodeCheckpoint({ trees: { p: { b, a } }, json: null })
    expect(other).toEqual(one)
  })

  it('name tensors by their path', async () => {
    const trees = { params: { blocks: [{ filter: tensor([1]) }], 'a/b': tensor([2]) } }
    const { tensors } = decodeSafetensors(await encodeCheckpoint({ trees, json: null }))
    const names = tensors.map(({ path }) => path)
    expect(names).toEqual(['params/a~1b', 'params/blocks/0/filter'])
  })

  it('leave tensors that outlive the file', async () => {
    const bytes = await encodeCheckpoint(small())
    const { trees } = decodeCheckpoint(bytes)
    bytes.fill(255)
    expect(portrait(trees)).toBe(portrait(small().trees))
  })

  it('are read from a Node Buffer, which stays as it is', async () => {
    const bytes = await encodeCheckpoint(small())
    const buffer = Buffer.concat([Buffer.of(0), bytes]).subarray(1)
    expect(portrait(decodeCheckpoint(buffer).trees)).toBe(portrait(small().trees))
    expect(new Uint8Array(buffer)).toEqual(bytes)
  })

  it('read integers that a kernel keeps as floats', async () => {
    const trees = {
      n: tidy(() => cast(tensor([1.5, -2.5]), 'int32')),
      m: tensor([7], [1], 'int32'),
    }
    const restored = decodeCheckpoint(await encodeCheckpoint({ trees, json: null }))
    expect([...(restored.trees.n as Tensor).dataSync()]).toEqual([1, -2])
  })

  it.each<[string, unknown]>([
    ['NaN', { score: Number.NaN }],
    ['infinity', [Number.NEGATIVE_INFINITY]],
    ['a function', { f: () => 0 }],
    ['a date', new Date(0)],
    ['undefined', undefined],
  ])('refuse %s in the document, where JSON would change it', async (_, json) => {
    const encoding = encodeCheckpoint({ trees: {}, json: json as Json })
    await expect(encoding).rejects.toMatchObject({ code: 'checkpoint/not-json' })
  })

  it('refuse types without a place in the file', async () => {
    const encoding = encodeCheckpoint({ trees: { c: complex([1], [2]) }, json: null })
    await expect(encoding).rejects.toMatchObject({ code: 'checkpoint/bad-tensor' })
  })
})

describe('damage', () => {
  it('every truncation is seen', async () => {
    const bytes = await encodeCheckpoint(small())
    for (let length = 0; length < bytes.length; length++) {
      expect(codeOf(() => decodeCheckpoint(bytes.subarray(0, length)))).toBe('checkpoint/damaged')
    }
  })

  it('every change of one byte is seen, in the header and in the data, and leaks nothing', async () => {
    const bytes = await encodeCheckpoint(small())
    const before = memory().numTensors
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
        const changed = bytes.slice()
        changed[at]! ^= flip
        expect([at, flip, codeOf(() => decodeCheckpoint(changed))]).toEqual([
          at,
          flip,
          'checkpoint/damaged',
        ])
      }
    }
    expect(memory().numTensors).toBe(before)
  })

  it('several random changes are seen', async () => {
    const bytes = await encodeCheckpoint(small())
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }))
    fc.assert(
      fc.property(
        fc.uniqueArray(change, { minLength: 1, maxLength: 5, selector: ([at]) => at }),
        (changes) => {
          const changed = bytes.slice()
          for (const [at, flip] of changes) changed[at]! ^= flip
          expect(codeOf(() => decodeCheckpoint(changed))).toBe('checkpoint/damaged')
        },
      ),
      { numRuns: 500 },
    )
  })

  it('extra bytes at the end are seen', async () => {
    const bytes = await encodeCheckpoint(small())
    const longer = new Uint8Array(bytes.length + 1)
    longer.set(bytes)
    expect(codeOf(() => decodeCheckpoint(longer))).toBe('checkpoint/damaged')
  })

  it("a safetensors file of another program is not taken for kshot's", () => {
    const foreign = encodeSafetensors([], { format: 'pt' })
    expect(() => decodeCheckpoint(foreign)).toThrow("no 'kshot.crc32'")
  })
})

describe('saveMeta and loadMeta', () => {
  const spec = (filters: number, extra: Record<string, Json> = {}): Spec => ({
    package: '@kshot/protonet',
    export: 'protonet',
    options: {
      backbone: { package: '@kshot/core', export: 'conv4', options: { filters, blocks: 4 } },
      ...extra,
    },
  })
  const meta = () => ({ params: { w: tensor([1, 2]) }, state: {} })

  it('give back what was saved, and leak nothing', async () => {
    const before = memory().numTensors
    const saved = meta()
    const loaded = loadMeta(await saveMeta(spec(64), saved), { spec: spec(64) })
    expect(portrait(loaded as never)).toBe(portrait(saved))
    tree.dispose([saved, loaded.params, loaded.state])
    expect(memory().numTensors).toBe(before)
  })

  it.each([
    ['NaN', { w: tensor([1, Number.NaN]) }, "number 1 of 'params/w'"],
    ['infinity', { w: [tensor([Number.NEGATIVE_INFINITY])] }, "number 0 of 'params/w/0'"],
    ['whole numbers', { w: tensor([1, 2], [2], 'int32') }, "'params/w' of type int32"],
  ])('refuse parameters of %s, and leak nothing', async (_, params, where) => {
    const bytes = await saveMeta(spec(64), { params, state: {} })
    const before = memory().numTensors
    expect(() => loadMeta(bytes, { spec: spec(64) })).toThrow(where)
    expect(memory().numTensors).toBe(before)
  })

  it('do not mind the order of options, nor undefined ones', async () => {
    const bytes = await saveMeta(spec(64, { a: 1, b: 2 }), meta())
    const other = spec(64, { b: 2, a: 1, c: undefined as never })
    expect(() => loadMeta(bytes, { spec: other })).not.toThrow()
  })

  it.each<[string, Spec, string]>([
    [
      'an option',
      spec(32),
      'options/backbone/options/filters is 64. Expected: options/backbone/options/filters 32',
    ],
    [
      'an option more',
      spec(64, { scale: 2 }),
      'options/scale is absent. Expected: options/scale 2',
    ],
    [
      'the algorithm',
      { ...spec(64), export: 'maml' },
      'export is "protonet". Expected: export "maml"',
    ],
  ])('say what differs: %s', async (_, other, message) => {
    const bytes = await saveMeta(spec(64), meta())
    const before = memory().numTensors
    const load = () => loadMeta(bytes, { spec: other })
    expect(codeOf(load)).toBe('checkpoint/other-model')
    expect(load).toThrow(message)
    expect(memory().numTensors).toBe(before)
  })

  it('do not take another kind of checkpoint', async () => {
    const bytes = await encodeCheckpoint({ trees: {}, json: { kind: 'classifier' } })
    expect(() => loadMeta(bytes, { spec: spec(64) })).toThrow('of kind "classifier"')
  })

  it('do not take a document that is none', async () => {
    const bytes = await encodeCheckpoint({ trees: {}, json: null })
    expect(codeOf(() => loadMeta(bytes, { spec: spec(64) }))).toBe('checkpoint/other-model')
  })
})

describe('loadMeta', () => {
  it('keeps nothing of what else is in a file', async () => {
    const spec = { package: '@kshot/core', export: 'mlp', options: {} }
    const json = { kind: 'meta', learner: spec }
    const one = scalar(1)
    const trees = { params: { w: one }, state: {}, extra: { x: one } }
    const bytes = await encodeCheckpoint({ trees, json })
    const before = memory().numTensors
    const { params } = loadMeta(bytes, { spec })
    expect(memory().numTensors).toBe(before + 1)
    tree.dispose([params, one])
  })

  const learner: { spec: Spec } = { spec: { package: 'test', export: 'learner', options: {} } }
  const meta = () => ({ params: { w: tensor([1, 2]) }, state: {} })

  it('keeps what it has loaded within tf.tidy', async () => {
    const bytes = await saveMeta(learner.spec, meta())
    const loaded: { meta?: ReturnType<typeof loadMeta> } = {}
    tidy(() => {
      loaded.meta = loadMeta(bytes, learner)
    })
    const { w } = loaded.meta!.params as { w: Tensor }
    expect([...(await w.data())]).toEqual([1, 2])
  })

  it('takes an ArrayBuffer, and says what is no bytes', async () => {
    const bytes = await saveMeta(learner.spec, meta())
    const { w } = loadMeta(bytes.slice().buffer, learner).params as { w: Tensor }
    expect([...(await w.data())]).toEqual([1, 2])
    for (const bad of [null, undefined, 'text', {}, [1, 2], Promise.resolve(bytes)]) {
      expect(codeOf(() => loadMeta(bad as never, learner))).toBe('core/bad-input')
    }
    expect(codeOf(() => loadMeta(new ArrayBuffer(9), learner))).toBe('checkpoint/damaged')
  })
})
