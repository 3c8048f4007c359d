import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isKshotError } from '@kshot/core'
import { afterAll, describe, expect, it } from 'vitest'
import { checked } from '../checking/checked'
import { parseConfig } from '../configuration/config'
import { openData } from './data'
import { planOf } from '../leaderboard/plan'
import { leaderboardSchema } from '../leaderboard/schema'

const home = mkdtempSync(join(tmpdir(), 'kshot-few-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Three kinds of flowers. */
function iris(): string {
  const path = join(home, 'iris.csv')
  mkdirSync(home, { recursive: true })
  const lines = Array.from({ length: 60 }, (_, i) => `${(i % 7) / 3},${(i % 11) / 4},kind${i % 3}`)
  writeFileSync(path, ['a,b,label', ...lines].join('\n'))
  return path
}

async function fault(run: () => Promise<unknown>): Promise<string> {
  const error = await run().then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!isKshotError(error, 'episodes/too-few-classes')) throw error
  return error.message
}

const shape = { ways: 5, shots: 1, queries: 1 }
const board = (learners: string[]) =>
  checked(leaderboardSchema, { data: { kind: 'vectors', path: iris() }, learners })
const plan = (learners: string[]) => planOf(board(learners), { from: '.', data: undefined }, false)

describe('data of few classes', () => {
  it('says how many there are, how they were dealt, and what can be done', async () => {
    const config = parseConfig({
      learner: { name: 'protonet', backbone: { name: 'mlp', hidden: [4], outputs: 4 } },
      dataset: { name: 'vectors', path: iris() },
      train: { ...shape, steps: 1, optimizer: { name: 'sgd', rate: 0.1 } },
      test: { ...shape, episodes: 2 },
    })
    const message = await fault(() => openData(config, undefined))
    expect(message).toMatch('5 ways to test, but 1 classes for it')
    expect(message).toMatch('3 classes: 1 for training, 1 for validation, 1 for testing')
    expect(message).toMatch(/split by seed 0.*nearest-centroid/)
  })

  it('is ranked by learners that train nothing, and refused for others with a way out', async () => {
    const message = await fault(() => plan(['protonet', 'nearest-centroid']))
    expect(message).toMatch(/3 classes: 1 for training.*nearest-centroid/)
    const { settings, cells } = await plan(['nearest-centroid', 'nearest-neighbours'])
    expect(settings[0]!.shape).toMatchObject({ ways: 3, shots: 1 })
    expect(settings[0]!.splits.test.classes).toHaveLength(3)
    expect(cells).toHaveLength(4)
  })
})
