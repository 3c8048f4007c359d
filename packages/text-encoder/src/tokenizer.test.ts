import { decodeWeights } from '@kshot/core'
import { describe, expect, it } from 'vitest'
import { fileOf, reference, type Tokens } from './testing'
import { tokenizer } from './tokenizer'

function universal() {
  const { weights, metadata } = decodeWeights(fileOf('universal.safetensors'))
  return tokenizer(JSON.parse(metadata.pieces!), weights.scores!.values)
}

describe('the tokenizer', () => {
  const known = reference<Tokens[]>('tokens')
  const { encode } = universal()

  it('splits more than 2,000 texts as the SentencePiece library does', () => {
    expect(known.length).toBeGreaterThan(2000)
    const other = known.filter(([text, ids]) => encode(text).join() !== ids.join())
    expect(other.map(([text]) => text)).toEqual([])
  })

  it('has among them what is likely to go wrong', () => {
    const texts = known.map(([text]) => text)
    for (const text of ['', '🙂', '中文', 'a\u0000b', 'e\u0001\u0301', '<s>']) {
      expect(texts).toContain(text)
    }
    expect(texts.filter(({ length }) => length >= 10_000).length).toBeGreaterThan(3)
  })

  it('takes the more probable of two splits, and the first where they are alike', () => {
    const pieces = ['<unk>', '▁', 'a', 'b', '▁a', 'ab']
    expect(tokenizer(pieces, [0, -1, -1, -1, -3, -1]).encode('ab')).toEqual([1, 5])
    expect(tokenizer(pieces, [0, -1, -1, -1, -1, -9]).encode('ab')).toEqual([4, 3])
    expect(tokenizer(pieces, [0, -2, -2, -2, -4, -4]).encode('ab')).toEqual([1, 5])
  })

  it('makes one unknown of neighbours that no piece has', () => {
    const { encode } = tokenizer(['<unk>', '▁', 'a'], [0, -1, -1])
    expect(encode('xyza😀😀')).toEqual([1, 0, 2, 0])
  })

  it('needs ten times as long for a text ten times as long', () => {
    const time = (text: string) => {
      const begin = performance.now()
      for (let i = 0; i < 5; i++) encode(text)
      return performance.now() - begin
    }
    const text = 'zq the cat sat on the mat '.repeat(200)
    time(text)
    const short = Math.min(...[1, 2, 3].map(() => time(text)))
    const long = Math.min(...[1, 2, 3].map(() => time(text.repeat(10))))
    expect(long / short).toBeLessThan(30)
  })
})
