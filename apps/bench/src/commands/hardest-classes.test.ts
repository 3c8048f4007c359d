import pc from 'picocolors'
import { describe, expect, it } from 'vitest'
import { hardest, hardestTable } from './hardest-classes'

const confusion = {
  groups: ['ash', 'beech', 'cedar', 'never asked'],
  counts: [
    [8, 2, 0, 0],
    [3, 5, 1, 1],
    [0, 0, 10, 0],
    [0, 0, 0, 0],
  ],
}

describe('the hardest classes', () => {
  it('come first, with what they were taken for', () => {
    expect(hardest(confusion)).toEqual([
      {
        name: 'beech',
        right: 0.5,
        takenFor: [
          { name: 'ash', share: 0.3 },
          { name: 'cedar', share: 0.1 },
        ],
      },
      { name: 'ash', right: 0.8, takenFor: [{ name: 'beech', share: 0.2 }] },
      { name: 'cedar', right: 1, takenFor: [] },
    ])
  })

  it('are a table that says how many there are beside them', () => {
    const plain = pc.createColors(false)
    const text = hardestTable(confusion, plain)!
    expect(text).toMatch(/beech +│ +50\.0 % │ ash 30\.0 %, cedar 10\.0 %/)
    const n = 30
    const counts = Array.from({ length: n }, (_, i) => {
      return Array.from({ length: n }, (_, k) => (i === k ? 9 : k === (i + 1) % n ? 1 : 0))
    })
    const many = hardestTable({ groups: counts.map((_, i) => `c${i}`), counts }, plain)!
    expect(many).toMatch('hardest of 30 classes')
    expect(many.split('\n').length).toBeLessThan(12)
    expect(hardestTable({ groups: ['one'], counts: [[3]] }, plain)).toBeUndefined()
  })
})
