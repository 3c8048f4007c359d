import { isKshotError } from '@kshot/core'
import { intents } from '@kshot/intents'
import { activate } from '@kshot/testkit'
import { memory } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { staticTextEncoder } from '.'
import { fileOf } from './testing'

describe('staticTextEncoder', () => {
  beforeAll(() => activate('cpu'))
  const encoder = staticTextEncoder()
  const values = async (texts: readonly string[]) => {
    const rows = await encoder.encode(texts)
    const numbers = await rows.array()
    rows.dispose()
    return numbers
  }
  it('tells intents apart that it has never seen, from five sentences each', async () => {
    const { validation } = await intents()
    const classes = [0, 6, 12, 18, 24]
    const sentences = (from: number, to: number) =>
      classes.map((c) => Array.from({ length: to - from }, (_, i) => validation.text(c, from + i)))
    const means = await Promise.all(
      sentences(0, 5).map(async (texts) => {
        const rows = await values(texts)
        return rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0))
      }),
    )
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, k) => sum + value * b[k]!, 0)
    let right = 0
    for (const [label, texts] of sentences(5, 45).entries()) {
      for (const row of await values(texts)) {
        const scores = means.map((mean) => dot(row, mean) / Math.hypot(...mean))
        if (scores.indexOf(Math.max(...scores)) === label) right++
      }
    }
    expect(right / 200).toBeGreaterThan(0.85)
  })

  it('is what the rows of a sentence mean, whatever their order and case', async () => {
    const [row, turned, upper] = await values([
      'cancel my order',
      'order my cancel',
      'CANCEL My Order',
    ])
    expect(Math.hypot(...row!)).toBeCloseTo(1, 5)
    expect(turned!.map((value, k) => Math.abs(value - row![k]!)).every((d) => d < 1e-6)).toBe(true)
    expect(upper).toEqual(row)
  })

  it('knows nothing of other scripts, and gives them numbers all the same', async () => {
    const rows = await values(['🙂', '中文', 'x'.repeat(100_000)])
    expect(rows.flat().every(Number.isFinite)).toBe(true)
  })

  it('leaves nothing behind but its rows', async () => {
    await values(['warm up'])
    const { numTensors } = memory()
    for (let i = 0; i < 5; i++) await values(['a text', 'another'])
    expect(memory().numTensors).toBe(numTensors)
    expect((await encoder.encode([])).shape).toEqual([0, 256])
  })

  it('refuses what is no text, and a file that is not its own', async () => {
    const error = await encoder.encode(['a', ' ']).catch((caught) => caught)
    expect(isKshotError(error, 'text-encoder/bad-input')).toBe(true)
    const other = staticTextEncoder({ source: fileOf('universal.safetensors') })
    const wrong = await other.encode(['a']).catch((caught) => caught)
    expect(isKshotError(wrong, 'text-encoder/damaged')).toBe(true)
  })
})
