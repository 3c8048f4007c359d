import { activate, leaked, testBackends } from '@kshot/testkit'
import { add, ones, type Tensor2D, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { coreRegistry } from './core-registry'
import { customEncoder, type Encoder, type Rows } from './encoder'
import type { Model } from './learner'
import { embeddings, frozen } from './nn/external'
import { mlp } from './nn/models'
import { rng } from './random'
import { fromSpec } from './registry'
import * as tree from './tree'

const lengths = (encode: (texts: readonly string[]) => Rows | Promise<Rows>) =>
  customEncoder({ name: 'lengths', dimensions: 2, encode })
const rowsOf = (texts: readonly string[]) => texts.map((text) => [text.length, 1])
const nothing = { params: {}, state: {} }
const running = { norm: 'running' } as const

describe.each(testBackends)('an encoder of one’s own on %s', (backend) => {
  beforeAll(() => activate(backend))

  it.each<[string, (texts: readonly string[]) => Rows | Promise<Rows>]>([
    ['lists', rowsOf],
    ['typed arrays, later', async (texts) => rowsOf(texts).map((row) => Float32Array.from(row))],
    ['a tensor', (texts) => tensor2d(rowsOf(texts))],
  ])('may return %s', async (_, encode) => {
    const encoder = lengths(encode)
    const left = await leaked(async () => {
      const encoded = await encoder.encode(['a', 'abc'])
      expect(encoded.shape).toEqual([2, 2])
      expect([...(await encoded.data())]).toEqual([1, 1, 3, 1])
      encoded.dispose()
    })
    expect(left).toBe(0)
  })

  it('has no rows for no inputs, and does not ask', async () => {
    const encoder = lengths(() => {
      throw new Error('asked')
    })
    expect((await encoder.encode([])).shape).toEqual([0, 2])
  })

  it.each<[string, (texts: readonly string[]) => Rows]>([
    ['too few rows', () => [[1, 2]]],
    ['rows of another length', (texts) => texts.map(() => [1, 2, 3])],
    ['rows of uneven length', (texts) => texts.map((_, i) => [1, 2].slice(i))],
    ['NaN', (texts) => texts.map(() => [1, Number.NaN])],
    ['a tensor of another rank', () => tensor1d([1, 2]) as never],
    ['a tensor with infinity', () => tensor2d([1, 2, 3, Number.POSITIVE_INFINITY], [2, 2])],
    ['words', (texts) => texts.map(() => ['a', 'b']) as never],
  ])('is refused where it returns %s, and leaves nothing', async (_, encode) => {
    const left = await leaked(async () => {
      await expect(lengths(encode).encode(['a', 'b'])).rejects.toMatchObject({
        code: 'encoder/bad-output',
      })
    })
    expect(left).toBe(0)
  })
})

describe('rows that are none', () => {
  it.each([
    [null],
    [undefined],
    [3],
    ['ab'],
    [{}],
    [[null]],
    [['ab']],
    [[{ length: 2 }]],
    [[[1n, 2n]]],
    [{ dataId: {}, shape: [1, 2], dtype: 'float32' }],
  ])('%o', async (answer) => {
    const encoder = lengths(() => answer as never)
    await expect(encoder.encode(['a'])).rejects.toMatchObject({ code: 'encoder/bad-output' })
  })

  it('a disposed tensor', async () => {
    const gone = ones([1, 2]) as never as Tensor2D
    gone.dispose()
    const encoder = lengths(() => gone)
    await expect(encoder.encode(['a'])).rejects.toMatchObject({ code: 'encoder/bad-output' })
  })
})

describe('a frozen encoder', () => {
  beforeAll(() => activate('cpu'))
  const encoder = lengths(rowsOf)

  it('is a backbone of embeddings, without parameters', () => {
    const backbone = frozen(encoder)
    expect(backbone.init(rng(1), [2])).toEqual(nothing)
    const x = tensor2d([1, 2, 3, 4], [2, 2])
    expect([...backbone.apply(nothing, x, running).y.dataSync()]).toEqual([1, 2, 3, 4])
  })

  it('refuses what was not encoded', () => {
    const backbone = frozen(encoder)
    const pictures = zeros([3, 28, 28, 1])
    expect(() => backbone.apply(nothing, pictures, running)).toThrow(
      /examples of shape \[28, 28, 1\].*embeddings of customEncoder, \[2\]/,
    )
    expect(() => backbone.init(rng(1), [3])).toThrow(/\[3\]/)
  })

  it('is named in the spec, from which it is built again without its function', async () => {
    const { spec } = frozen(encoder)
    expect(spec.options).toEqual({ encoder: encoder.spec })
    const again = await fromSpec<ReturnType<typeof embeddings>>(
      JSON.parse(JSON.stringify(spec)),
      'model',
      coreRegistry,
    )
    expect(again.spec).toEqual(spec)
    const x = add(ones([1, 2]), 1)
    expect([...again.apply(nothing, x, running).y.dataSync()]).toEqual([2, 2])
    const bare = await fromSpec<Encoder<string>>(encoder.spec, 'encoder', coreRegistry)
    await expect(bare.encode(['a'])).rejects.toMatchObject({ code: 'encoder/no-function' })
  })

  it('may have a net on top, which is trained', async () => {
    const backbone = frozen(encoder, mlp({ hidden: [], outputs: 3 }))
    const weights = backbone.init(rng(1), [2])
    expect(tree.count(weights.params)).toBe(9)
    const x = tensor2d([1, 2, 3, 4], [2, 2])
    const { y } = backbone.apply(weights, x, running)
    expect(y.shape).toEqual([2, 3])
    expect(() => backbone.apply(weights, zeros([3, 3]), running)).toThrow(/embeddings of/)
    const again = await fromSpec<Model>(backbone.spec, 'model', coreRegistry)
    expect(again.spec).toEqual(backbone.spec)
    expect(again.apply(weights, x, running).y.dataSync()).toEqual(y.dataSync())
  })

  it('plain embeddings keep the spec they had', () => {
    expect(embeddings().spec.options).toEqual({})
  })
})
