import { describe, expect, it } from 'vitest'
import { published } from './published'

const EACH = ['5w1s', '5w5s', '20w1s', '20w5s']
const SETTINGS_OF: { readonly [learner: string]: readonly string[] } = {
  anil: ['20w1s', '20w5s'],
  // with transduction and without
  reptile: [...EACH, ...EACH],
}

describe('the numbers of the cards', () => {
  const all = published()

  it('has twelve learners in the settings of Omniglot', () => {
    const omniglot = all.filter(({ dataset }) => dataset === 'omniglot')
    const learners = new Set(omniglot.map(({ learner }) => learner))
    expect([...learners].sort()).toEqual([
      'anil',
      'fomaml',
      'implicitMaml',
      'maml',
      'mamlPlusPlus',
      'matching',
      'metaSgd',
      'protonet',
      'relation',
      'reptile',
      'ridge',
      'siamese',
    ])
    for (const learner of learners) {
      const own = omniglot.filter((entry) => entry.learner === learner)
      const settings = own.map(({ ways, shots }) => `${ways}w${shots}s`)
      expect(settings).toEqual(SETTINGS_OF[learner] ?? EACH)
      for (const { source, paper } of own) expect(source && paper).toBeTruthy()
    }
  })

  it('gives fractions, the same as the papers print, and whole protocols', () => {
    const number = (learner: string, ways: number, shots: number) =>
      all.find((e) => e.learner === learner && e.ways === ways && e.shots === shots)!
    expect(number('maml', 20, 1)).toMatchObject({ accuracy: 0.958, halfWidth: 0.003 })
    expect(number('maml', 20, 1).protocol).toEqual({
      split: 'finn',
      rotations: 'per-class',
      queries: 1,
      resize: 'nearest',
      norm: 'batch-separate',
      testSteps: 5,
      trainVal: false,
      ensemble: false,
      episodes: 600,
    })
    expect(number('maml', 5, 5).protocol).toMatchObject({ queries: 5, testSteps: 3 })
    expect(number('mamlPlusPlus', 20, 5)).toMatchObject({ accuracy: 0.9933 })
    expect(number('matching', 5, 1).protocol.queries).toBeNull()
    expect(number('relation', 20, 5).protocol).toMatchObject({
      queries: 5,
      rotations: 'per-episode',
    })
    expect(number('implicitMaml', 20, 1).protocol).toMatchObject({ queries: 1, testSteps: 25 })
  })
})
