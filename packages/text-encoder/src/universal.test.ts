import { wasm } from '@kshot/backend-wasm'
import { isKshotError } from '@kshot/core'
import { activate } from '@kshot/testkit'
import { getBackend, memory, type Tensor2D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { textEncoder } from '.'
import { type Embedding, fileOf, reference } from './testing'

const known = reference<Embedding[]>('embeddings')
const cosines = async (rows: Tensor2D, wanted: readonly number[][]) => {
  const got = await rows.array()
  rows.dispose()
  return got.map((row, i) => {
    const dot = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, k) => sum + value * b[k]!, 0)
    return dot(row, wanted[i]!) / Math.sqrt(dot(row, row) * dot(wanted[i]!, wanted[i]!))
  })
}

describe.each([
  ['cpu', 'cpu', 50],
  ['stock wasm', 'wasm', known.length],
  ['wasm', wasm(), known.length],
] as const)('on %s', (_, backend, count) => {
  beforeAll(() => activate(backend))

  it(`has the embeddings of the published graph for ${count} texts`, async () => {
    const encoder = textEncoder()
    const texts = known.filter(([text]) => backend !== 'cpu' || text.length < 60).slice(0, count)
    expect(texts.length).toBeGreaterThanOrEqual(50)
    const rows = await encoder.encode(texts.map(([text]) => text))
    const similar = await cosines(
      rows,
      texts.map(([, row]) => row),
    )
    expect(Math.min(...similar)).toBeGreaterThan(0.99999)
    encoder.dispose()
  })
})

describe('textEncoder', () => {
  beforeAll(() => activate('wasm'))
  const encoder = textEncoder()
  const values = async (texts: readonly string[]) => {
    const rows = await encoder.encode(texts)
    const numbers = await rows.array()
    rows.dispose()
    return numbers
  }

  it('gives a text the same row alone and among others, in their order', async () => {
    const texts = ['one', 'and two words more', 'one', 'and three words here', 'x '.repeat(60)]
    const together = await values(texts)
    expect(together).toHaveLength(texts.length)
    expect(together[2]).toEqual(together[0])
    for (const [i, text] of texts.entries()) {
      const [alone] = await values([text])
      const furthest = Math.max(...alone!.map((value, k) => Math.abs(value - together[i]![k]!)))
      expect(furthest).toBeLessThan(1e-5)
    }
  })

  it('gives rows of length 1, and none for no text', async () => {
    const [row] = await values(['where is my parcel'])
    expect(Math.hypot(...row!)).toBeCloseTo(1, 5)
    const none = await encoder.encode([])
    expect(none.shape).toEqual([0, 512])
  })

  it('computes where it is told to, and leaves the active backend as it is', async () => {
    await activate('cpu')
    const [elsewhere, none] = [textEncoder({ backend: wasm() }), textEncoder()]
    const rows = await elsewhere.encode(['hello world'])
    expect(getBackend()).toBe('cpu')
    const other = await none.encode(['hello world'])
    const [similar] = await cosines(rows, await other.array())
    expect(similar).toBeGreaterThan(0.99999)
    await activate('wasm')
    for (const encoder of [elsewhere, none]) encoder.dispose()
    other.dispose()
  })

  it('reads 128 pieces, and no more', async () => {
    const long = 'the cat sat on the mat '.repeat(30)
    const [row, longer, huge] = await values([long, `${long} and slept`, 'cat '.repeat(3_000_000)])
    expect(longer).toEqual(row)
    expect(huge!.every(Number.isFinite)).toBe(true)
  })

  it('leaves nothing behind but its rows', async () => {
    await values(['warm up'])
    const { numTensors } = memory()
    for (let i = 0; i < 5; i++)
      await values(['a text', 'another text', 'and one more of another length'])
    expect(memory().numTensors).toBe(numTensors)
  })

  it('frees its weights, and reads them again when it is asked again', async () => {
    const { numTensors } = memory()
    const another = textEncoder()
    const first = await another.encode(['hello'])
    expect(memory().numTensors).toBeGreaterThan(numTensors + 10)
    another.dispose()
    await new Promise((resolve) => setTimeout(resolve))
    expect(memory().numTensors).toBe(numTensors + 1)
    const second = await another.encode(['hello'])
    expect(await second.array()).toEqual(await first.array())
    another.dispose()
    first.dispose()
    second.dispose()
  })

  it('reads its file once, however many ask at the same time', async () => {
    const another = textEncoder({ source: fileOf('universal.safetensors') })
    const rows = await Promise.all(['a', 'b', 'c'].map((text) => another.encode([text])))
    expect(rows.map(({ shape }) => shape)).toEqual([
      [1, 512],
      [1, 512],
      [1, 512],
    ])
    another.dispose()
  })
})

describe('bad input', () => {
  const encoder = textEncoder()
  const bad: readonly (readonly [string, unknown, string])[] = [
    ['a text in the place of texts', 'hello', 'the string hello'],
    ['null', null, 'null'],
    ['a number', ['a', 3], 'the number 3 at index 1'],
    ['undefined', [undefined], 'undefined at index 0'],
    ['a hole', Array(1), 'undefined at index 0'],
    ['an object', [{ text: 'a' }], 'an object (Object) at index 0'],
    ['an empty text', ['a', ''], 'an empty text at index 1'],
    ['spaces', [' \t\u200b\u0001'], 'a text of spaces at index 0'],
    ['half a character', ['ab\ud83d'], 'lone surrogate) at 2 of text 0'],
    ['half a character, the second', ['\ude00ab'], 'lone surrogate) at 0 of text 0'],
    ['half a character far behind', [`${'a'.repeat(20_000)}\ud83d`], 'at 20000 of text 0'],
  ]
  it.each(bad)('%s is refused', async (_, inputs, got) => {
    const error = await encoder.encode(inputs as string[]).catch((caught) => caught)
    expect(isKshotError(error, 'text-encoder/bad-input')).toBe(true)
    expect(error.got).toContain(got)
  })

  it('cuts no character in two where a text ends for it', async () => {
    const rows = await encoder.encode([`${'a'.repeat(9_999)}😀`, '😀'.repeat(9_000)])
    expect(rows.shape).toEqual([2, 512])
    rows.dispose()
  })

  it.each([
    [
      'a file that is not there',
      new URL('file:///nowhere/universal.safetensors'),
      'text-encoder/unreadable',
    ],
    [
      'another file',
      new TextEncoder().encode('<!doctype html>'.repeat(100)),
      'text-encoder/damaged',
    ],
    ['half of it', fileOf('universal.safetensors').subarray(0, 7_000_000), 'text-encoder/damaged'],
    ['the file of the other encoder', fileOf('static.safetensors'), 'text-encoder/damaged'],
    ['a changed byte', changed(fileOf('universal.safetensors')), 'text-encoder/damaged'],
  ])('%s is told, and tried again', async (_, source, code) => {
    const broken = textEncoder({ source })
    for (let i = 0; i < 2; i++) {
      const error = await broken.encode(['a']).catch((caught) => caught)
      expect([isKshotError(error, code), error.code]).toEqual([true, code])
    }
    broken.dispose()
  })
})

function changed(bytes: Uint8Array): Uint8Array {
  bytes[bytes.length - 100]! ^= 4
  return bytes
}
