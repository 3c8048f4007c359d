import { describe, expect, it } from 'vitest'
import { parsePublished } from './published'
import { numbers } from './published.testing'

describe('published numbers', () => {
  it('names the place of what is wrong', () => {
    const entry = {
      learner: 'x',
      name: 'X',
      paper: 'P',
      source: 'S',
      interval: null,
      dataset: 'd',
      protocol: numbers[0]!.protocol,
      results: [{ ways: 5, shots: 1, accuracy: 0.9 }],
    }
    const file = (change: object) => ({ description: '', entries: [{ ...entry, ...change }] })
    expect(parsePublished(file({}))).toHaveLength(1)
    const wrong = (change: object) => () => parsePublished(file(change))
    expect(wrong({ results: [] })).toThrow(/entries\.0\.results/)
    expect(wrong({ results: [{ ways: 5, shots: 1, accuracy: 98.7 }] })).toThrow(/accuracy/)
    expect(wrong({ protocol: { ...entry.protocol, queries: undefined } })).toThrow(/queries/)
    expect(wrong({ protokol: {} })).toThrow(/entries\.0/)
    expect(() => parsePublished('nothing')).toThrow(/the top/)
  })
})
