import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checked } from '../checking/checked'
import { jsonSchema, leaderboardSchema } from './schema'

const committed = new URL('../../leaderboard.schema.json', import.meta.url)

const small = { data: { kind: 'glyphs' }, learners: ['protonet'] }

function fault(change: object) {
  try {
    checked(leaderboardSchema, { ...small, ...change })
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('the JSON Schema that is published', () => {
  it('is current: write it again with kshot leaderboard --schema', () => {
    expect(JSON.parse(readFileSync(committed, 'utf8'))).toEqual(jsonSchema())
  })

  it('asks for no name where package or module implies it', () => {
    const required: string[][] = []
    JSON.stringify(jsonSchema(), (_, value) => {
      const { properties } = (value ?? {}) as { properties?: object }
      if (properties && 'name' in properties && ('package' in properties || 'module' in properties))
        required.push(value.required)
      return value
    })
    expect(required.length).toBeGreaterThan(3)
    for (const names of required) expect(names).not.toContain('name')
  })
})

describe('a configuration of a leaderboard', () => {
  it('needs a kind of data alone; all else has a default', () => {
    expect(checked(leaderboardSchema, { data: { kind: 'glyphs' } })).toMatchObject({
      settings: [{ shots: 1 }],
      seeds: [1, 2],
      backends: ['wasm'],
      budget: { images: 100_000 },
      validate: { episodes: 50, checks: 20, patience: 10, seed: 0 },
      test: { episodes: 600, seed: 0 },
    })
  })

  it('takes the key that editors look for', () => {
    const $schema = '../apps/bench/leaderboard.schema.json'
    expect(checked(leaderboardSchema, { ...small, $schema })).toMatchObject({ $schema })
  })

  it.each<[string, object, object]>([
    [
      'a typo in a key',
      { learners: ['maml', { use: 'protonet', optons: {} }] },
      {
        got: "the unknown key 'learners.1.optons'",
        remedy: "Did you mean 'learners.1.options'?",
      },
    ],
    [
      'a typo deep inside',
      { learners: [{ learner: { name: 'protonet', backbone: { name: 'conv4', filter: 4 } } }] },
      { remedy: "Did you mean 'learners.0.learner.backbone.filters'?" },
    ],
    ['a typo in a budget', { budget: { image: 5 } }, { remedy: "Did you mean 'budget.images'?" }],
    ['a budget of nothing', { budget: {} }, { expected: 'images, episodes or seconds' }],
    ['an unknown kind of data', { data: { kind: 'glyph' } }, { remedy: "Did you mean 'glyphs'?" }],
    ['data without a path', { data: { kind: 'images' } }, { got: "no 'data.path'" }],
    ['no seed', { seeds: [] }, { expected: 'at least 1 in the list' }],
    ['one way', { settings: [{ ways: 1 }] }, { expected: 'a number of at least 2' }],
    ['a name that is no folder', { learners: [{ name: '../x', use: 'maml' }] }, {}],
  ])('%s', (_, change, parts) => {
    expect(fault(change)).toMatchObject({ code: expect.stringMatching(/^config\//), ...parts })
  })
})
