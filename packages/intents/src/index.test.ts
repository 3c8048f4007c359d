import { readFile } from 'node:fs/promises'
import { isKshotError } from '@kshot/core'
import { bagOfNgrams, episodeSetHash, episodes } from '@kshot/episodes'
import { datasetSuite } from '@kshot/testkit'
import { describe, expect, it, test } from 'vitest'
import { intentSplit, intents } from '.'

const file = new URL('../data/intents.bin', import.meta.url)

datasetSuite('intents', async () => (await intents()).test)

test('domains are disjoint between splits, and all of them are in one', async () => {
  const { train, validation, test, all } = await intents()
  const domains = (data: typeof train) => [...new Set(data.classes.map(({ group }) => group))]
  expect(domains(train)).toEqual(['kitchen_and_dining', 'home', 'utility', 'small_talk', 'meta'])
  expect(domains(validation)).toEqual(['auto_and_commute', 'travel'])
  expect(domains(test)).toEqual(['banking', 'credit_cards', 'work'])
  const ids = [train, validation, test].flatMap(({ classes }) => classes.map(({ id }) => id))
  expect(ids.sort()).toEqual(all.classes.map(({ id }) => id).sort())
  expect(ids).toHaveLength(150)
})

test('every intent has its 150 sentences, and out of scope are 1,200 others', async () => {
  const { all, outOfScope } = await intents()
  const sentences = all.classes.flatMap(({ size }, c) =>
    Array.from({ length: size }, (_, i) => all.text(c, i)),
  )
  expect(all.classes.every(({ size }) => size === 150)).toBe(true)
  expect(sentences).toHaveLength(22_500)
  const outside = [...outOfScope.train, ...outOfScope.validation, ...outOfScope.test]
  expect(outside).toHaveLength(1200)
  const inside = new Set(sentences)
  expect(outside.filter((sentence) => inside.has(sentence))).toEqual([])
})

test('sentences stand under their intents in the order of CLINC150', async () => {
  const { all } = await intents()
  const at = (id: string) => all.classes.findIndex((entry) => entry.id === id)
  expect(all.text(at('travel/translate'), 0)).toBe(
    'what expression would i use to say i love you if i were an italian',
  )
})

test('an example is read as the n-grams of its sentence', async () => {
  const { validation } = await intents({ features: 64 })
  const target = new Float32Array(66).fill(7)
  validation.read(2, 3, target, 1)
  expect(target.subarray(1, 65)).toEqual(bagOfNgrams(validation.text(2, 3), 64))
  expect([target[0], target[65]]).toEqual([7, 7])
})

test('episodes are drawn from it, the same when its spec builds it again', async () => {
  const { test } = await intents()
  const again = await intentSplit(test.spec.options)
  const options = { ways: 5, shots: 5, queries: 10, seed: 1 }
  const [one, other] = [test, again].map((data) => episodeSetHash(episodes(data, options), 5))
  expect(other).toBe(one)
})

test('all of it can be tested on; nothing else is an option', async () => {
  const { train, validation, test, all } = await intents({ split: 'all', features: 8 })
  expect([train, validation, test].map(({ classes }) => classes.length)).toEqual([0, 0, 150])
  expect(test.spec).toEqual(all.spec)
  expect(test.source(0, 3)).toBe(test.text(0, 3))
  for (const wrong of [{ split: 'none' }, { features: 1 }, { feature: 8 }]) {
    await expect(intents(wrong as never)).rejects.toMatchObject({ code: 'intents/bad-option' })
  }
})

describe('its file', () => {
  it('is read from bytes, a buffer and a URL', async () => {
    const bytes = new Uint8Array(await readFile(file))
    for (const source of [bytes, bytes.buffer, file]) {
      expect((await intents({ source })).test.text(0, 0)).toMatch(/\w/)
    }
  })

  it('damaged, truncated or missing is told apart from good data', async () => {
    const bytes = new Uint8Array(await readFile(file))
    const cases = [
      [bytes.map((byte, i) => (i === 5000 ? byte ^ 1 : byte)), 'intents/damaged'],
      [bytes.subarray(0, 5000), 'intents/damaged'],
      [new Uint8Array(0), 'intents/damaged'],
      [new URL('nowhere.bin', file), 'intents/unreadable'],
      ['data:application/octet-stream,kshot', 'intents/damaged'],
    ] as const
    for (const [source, code] of cases) {
      const error = await intents({ source }).catch((caught) => caught)
      expect([code, isKshotError(error, code)]).toEqual([code, true])
    }
  })

  it('has no example where there is none', async () => {
    const { train } = await intents()
    expect(() => train.text(75, 0)).toThrow(RangeError)
    expect(() => train.text(0, 150)).toThrow(RangeError)
  })
})
