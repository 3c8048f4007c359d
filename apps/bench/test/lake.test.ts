import { join } from 'node:path'
import type { Result } from '@kshot/results'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cleanUp, type Ended, home, kshot, writeConfig } from './kshot'
import { withoutRuns, withRuns } from './omniglot-like'

const shape = { ways: 5, shots: 1, queries: 1, within: 'group', drawers: 'shared' }

/** A run of some steps of a tiny net on one of Omniglot's splits. */
async function train(split: string): Promise<string> {
  const config = writeConfig(`${split}.json`, {
    learner: { name: 'protonet', backbone: { name: 'conv4', filters: 2 } },
    dataset: { name: 'omniglot', split, rotations: 'train', resize: 'area' },
    train: {
      ...shape,
      steps: 2,
      optimizer: { name: 'adam', rate: 0.003 },
      distort: { rotation: 5 },
    },
    test: { ...shape, episodes: 2 },
  })
  const ended = await kshot('run', config, '--out', split, '--data', withoutRuns, '--quiet')
  expect(ended).toMatchObject({ code: 0 })
  return join(home, split, 'meta.safetensors')
}

const evaluate = (checkpoint: string, data: string, ...more: string[]) =>
  kshot('eval', checkpoint, '--setting', 'lake-one-shot', '--data', data, ...more)
const resultOf = ({ stdout }: Ended) => JSON.parse(stdout) as Result

let lake: string
beforeAll(async () => {
  lake = await train('lake')
})
afterAll(cleanUp)

describe('kshot eval --setting lake-one-shot', () => {
  it('tests on Lake’s own runs where they are, beside what was published', async () => {
    const ended = await evaluate(lake, withRuns, '--json')
    expect(ended).toMatchObject({ code: 0 })
    const result = resultOf(ended)
    const { errorPercentByRun: byRun, errorPercent } = result.lake!
    expect(result.lake).toMatchObject({ runs: 'official', trials: 400 })
    expect(byRun).toHaveLength(20)
    for (const error of byRun) expect(error % 5).toBe(0)
    expect(byRun.reduce((a, b) => a + b) / 20).toBeCloseTo(errorPercent, 6)
    expect(result.test).toMatchObject({ accuracy: expect.closeTo(1 - errorPercent / 100, 6) })
    const published = result.lake!.published.map((row) => row.errorPercent)
    expect(published).toEqual([4.5, 3.3, 8.0, 13.5, 13.7])
    expect(result.lake!.published.every(({ source }) => source.length > 5)).toBe(true)
    expect(result.labels).toMatchObject({ withinAlphabet: true, split: 'lake' })
    // bars of 20 widths: what looks at the pixels takes each for what it is
    expect(result.baselines[0]!.test).toMatchObject({ accuracy: 1, episodes: 20 })
    expect(ended.stderr).toContain('Lake’s own runs')
    expect(ended.stderr).toMatch(/people +│ +4\.5 +│ Lake et al\. 2015/)
  })

  it('draws runs within alphabets where they are not, and says so', async () => {
    const ended = await evaluate(lake, withoutRuns)
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.stdout).toContain('20 runs, 400 trials')
    expect(ended.stdout).toMatch(/by run:( \d+\.0){20}\n/)
    expect(ended.stdout).toContain(
      'runs drawn within alphabets from images_evaluation, not Lake’s own',
    )
    const more = resultOf(
      await evaluate(lake, withoutRuns, '--json', '--quiet', '--set', 'test.episodes=30'),
    )
    expect(more.lake).toMatchObject({ runs: 'sampled', trials: 600 })
    expect(more.lake!.errorPercentByRun).toHaveLength(30)
    expect(more.test).toMatchObject({ episodes: 30 })
    expect(more.baselines[0]!.test).toMatchObject({ accuracy: 1 })
  })

  it('refuses what has seen characters of the test, and says why', async () => {
    const vinyals = await evaluate(await train('vinyals'), withoutRuns)
    expect(vinyals).toMatchObject({ code: 2, stdout: '' })
    expect(vinyals.stderr).toContain('usage/seen-in-training')
    expect(vinyals.stderr).toContain('Vinyals’ split trains on 236 of the 659 characters')
    expect(vinyals.stderr).toContain('protonet-lake')
    const renamed = await evaluate(
      join(home, 'vinyals', 'meta.safetensors'),
      withRuns,
      '--set',
      'dataset.split=lake',
    )
    expect(renamed).toMatchObject({ code: 2, stdout: '' })
    expect(renamed.stderr).toContain('usage/seen-in-training')
  })

  it('leaves the task as it is', async () => {
    const ways = await evaluate(lake, withoutRuns, '--set', 'test.ways=5')
    expect(ways).toMatchObject({ code: 2, stdout: '' })
    expect(ways.stderr).toContain("'test.ways' 5 with --setting lake-one-shot")
    const setting = await kshot('eval', lake, '--setting', 'lake', '--data', withRuns)
    expect(setting).toMatchObject({ code: 2 })
    expect(setting.stderr).toContain('lake-one-shot')
  })
})
