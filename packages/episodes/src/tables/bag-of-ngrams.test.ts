import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectError } from '../testing'
import { bagOfNgrams } from './bag-of-ngrams'

const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, v, i) => sum + v * b[i]!, 0) / a.length

describe('a bag of n-grams', () => {
  it('is the same numbers for ever', () => {
    const bag = bagOfNgrams('What is my balance?', 8)
    expect(Array.from(bag, (v) => v.toFixed(4))).toMatchInlineSnapshot(`
      [
        "-0.3592",
        "-0.3592",
        "1.4368",
        "-0.3592",
        "-1.4368",
        "0.3592",
        "-1.7961",
        "0.3592",
      ]
    `)
  })

  it('is near for texts that share words or parts of words', () => {
    const [balance, balances, weather] = [
      'what is my bank balance',
      'show the balances of my bank accounts',
      'will it rain in Paris tomorrow',
    ].map((text) => bagOfNgrams(text))
    expect(cosine(balance!, balance!)).toBeCloseTo(1, 5)
    expect(cosine(balance!, balances!)).toBeGreaterThan(0.2)
    expect(Math.abs(cosine(balance!, weather!))).toBeLessThan(0.1)
  })

  it('knows the order of words, and not case, marks or forms of a letter', () => {
    expect(bagOfNgrams('dog bites man')).not.toEqual(bagOfNgrams('man bites dog'))
    expect(bagOfNgrams('Ｈello, “World”!')).toEqual(bagOfNgrams('hello world'))
  })

  it('has a root mean square of 1, or is all zeros where there is nothing to see', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 300 }), (text, n) => {
        const bag = bagOfNgrams(text, n)
        const square = cosine(bag, bag)
        expect(bag).toHaveLength(n)
        expect(square === 0 || Math.abs(square - 1) < 1e-4).toBe(true)
        expect(square === 0).toBe(text.normalize('NFKC').trim() === '')
      }),
    )
  })

  it('tells emoji and signs apart, alone and among words', () => {
    const texts = ['😀😀', '😡', '🇩🇪', '👩‍💻', ':-)', '?!', '…', 'good', 'good 😀', 'good 😡']
    const bags = texts.map((text) => bagOfNgrams(text, 512))
    for (const [i, bag] of bags.entries()) {
      expect(cosine(bag, bag)).toBeCloseTo(1)
      for (const other of bags.slice(0, i)) expect(cosine(bag, other)).toBeLessThan(0.9)
    }
    expect(cosine(bags[0]!, bagOfNgrams('😀', 512))).toBeGreaterThan(0.5)
  })

  it('spreads over its places', () => {
    const words = Array.from({ length: 400 }, (_, i) => `word${i * 7919}`).join(' ')
    const used = bagOfNgrams(words, 256).filter((v) => v !== 0).length
    expect(used).toBeGreaterThan(250)
  })

  it('refuses a number of features that makes no sense', async () => {
    await expectError(() => bagOfNgrams('a', 1), 'episodes/bad-option', 'features')
  })
})
