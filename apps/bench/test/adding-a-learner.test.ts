import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectTestsToPass, filesOf, installed } from './guide'
import { cleanUp, home, kshot } from './kshot'

const GUIDE = 'docs/adding-a-learner.md'

describe(GUIDE, () => {
  beforeAll(() => {
    const tfjs = '@tensorflow/tfjs-core'
    installed('nearest-median', GUIDE, { [tfjs]: `packages/core/node_modules/${tfjs}` })
  })
  afterAll(cleanUp)

  it('has all the files that it speaks of', () => {
    expect(filesOf(GUIDE).map(([name]) => name)).toEqual([
      'package.json',
      'index.js',
      'card.js',
      'learner.test.js',
      'leaderboard.json',
    ])
  })

  it('makes a learner that takes part in a leaderboard by the name of its package', async () => {
    const refused = await kshot('leaderboard', 'leaderboard.json', '--json')
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.stderr).toContain('--allow-module')
    const { code, stdout, stderr } = await kshot(
      'leaderboard',
      'leaderboard.json',
      '--allow-module',
      '--json',
    )
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    const { rows } = JSON.parse(stdout)
    const accuracies = Object.fromEntries(
      rows.map((row: { cell: { learner: string }; test: { accuracy: number } }) => [
        row.cell.learner,
        row.test.accuracy,
      ]),
    )
    expect(Object.keys(accuracies).sort()).toEqual(['nearest-centroid', 'nearest-median'])
    expect(accuracies['nearest-median']).toBeGreaterThan(0.25)
  }, 300_000)

  it('has its options checked by its card', async () => {
    const board = JSON.parse(readFileSync(join(home, 'leaderboard.json'), 'utf8'))
    const learners = [{ use: 'nearest-median', options: { metric: 'L2' } }]
    writeFileSync(join(home, 'wrong.json'), JSON.stringify({ ...board, learners }))
    const { code, stderr } = await kshot('leaderboard', 'wrong.json', '--allow-module')
    expect(code).toBe(2)
    expect(stderr).toContain('metric')
  }, 120_000)

  it('makes a learner that passes the suite', () => {
    expectTestsToPass()
  }, 600_000)
})
