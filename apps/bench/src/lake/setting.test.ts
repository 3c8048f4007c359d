import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isKshotError } from '@kshot/core'
import { afterAll, describe, expect, it } from 'vitest'
import { drawnRuns } from '../../../../packages/episodes/src/omniglot/lake-runs.testing'
import { makeZip } from '../../../../packages/episodes/src/zip.testing'
import { loadConfig, parseConfig } from '../configuration/config'
import type { Config } from '../configuration/schema'
import { exitCodeOf } from '../process/exit-codes'
import { lakeReport } from './report'
import { checkLake, lakeConfig, openLake } from './setting'

const root = mkdtempSync(join(tmpdir(), 'kshot-lake-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The error of `f`, which must be ours. */
async function errorOf(f: () => unknown) {
  const error = await Promise.resolve()
    .then(f)
    .catch((caught: unknown) => caught)
  if (!isKshotError(error)) throw new Error(`no error of ours: ${error}`)
  return error
}

const inLake = async (preset: string, set: string[] = []) =>
  parseConfig(lakeConfig(await loadConfig(preset, { set })))
const changed = (config: Config, part: 'test' | 'dataset', change: object): Config =>
  ({ ...config, [part]: { ...config[part], ...change } }) as Config

describe('a checkpoint', () => {
  it('of the lake presets is tested on 20 runs within alphabets, not turned, not distorted', async () => {
    for (const preset of ['protonet-lake', 'matching-lake', 'siamese-lake']) {
      const config = await inLake(preset, ['dataset.distort={"shift":1}'])
      const { dataset, test, learner, train } = config
      expect(dataset).toEqual({
        name: 'omniglot',
        split: 'lake',
        resize: 'area',
        rotations: 'none',
      })
      expect(test).toMatchObject({ ways: 20, shots: 1, queries: 1, episodes: 20, within: 'group' })
      expect({ learner, train }).toEqual({ learner, train: (await loadConfig(preset)).train })
      expect(() => checkLake(config)).not.toThrow()
    }
  })

  it('of Vinyals’ and Finn’s split is refused, and says why', async () => {
    const vinyals = await errorOf(() => inLake('protonet-omniglot-20w1s'))
    expect(vinyals.message).toContain('trains on 236 of the 659 characters of images_evaluation')
    const finn = await errorOf(() => inLake('maml-omniglot-5w1s'))
    expect(finn.message).toContain('shuffles images_background and images_evaluation')
    expect(vinyals.code).toBe('usage/seen-in-training')
    expect([vinyals, finn].map(exitCodeOf)).toEqual([2, 2])
  })

  it('of other data is refused: nobody can say that it has not seen the test', async () => {
    const glyphs = await errorOf(() => inLake('protonet-glyphs-5w1s'))
    expect(glyphs.message).toContain("trained on 'glyphs'")
    expect(glyphs.remedy).toContain('protonet-lake')
  })
})

describe('the command line', () => {
  it('may draw more runs or others, and nothing else', async () => {
    const config = await inLake('protonet-lake')
    expect(() => checkLake(changed(config, 'test', { episodes: 100, seed: 3 }))).not.toThrow()
    const wrong = [
      ...[{ ways: 5 }, { shots: 5 }, { queries: 2 }, { within: undefined }, { drawers: 'own' }].map(
        (change) => ['test', change] as const,
      ),
      ...[{ split: 'vinyals' }, { rotations: 'all' }, { distort: {} }, { name: 'glyphs' }].map(
        (change) => ['dataset', change] as const,
      ),
    ]
    for (const [part, change] of wrong) {
      const error = await errorOf(() => checkLake(changed(config, part, change)))
      expect(error.code).toBe('usage/other-setting')
      expect(error.message).toContain(`${part}.${Object.keys(change)[0]}`)
    }
  })

  it('cannot choose among Lake’s own runs', async () => {
    const archive = join(root, 'all_runs.zip')
    writeFileSync(archive, makeZip(drawnRuns()))
    const config = await inLake('protonet-lake')
    expect((await openLake(config, archive)).official).toBe(true)
    for (const change of [{ episodes: 10 }, { seed: 1 }]) {
      const error = await errorOf(() => openLake(changed(config, 'test', change), archive))
      expect(error.code).toBe('usage/other-setting')
    }
    const nowhere = await errorOf(() => openLake(config, join(root, 'none.zip')))
    expect(nowhere.code).toBe('episodes/data-not-found')
    expect(exitCodeOf(nowhere)).toBe(3)
  })
})

it('a report has errors in per cent, low before high', () => {
  const test = { accuracy: 0.85, interval: [0.8, 0.9] as const, episodes: 2 }
  // shares of 20 as float32 has them
  expect(lakeReport(test, [0.949999988079071, 0.75], 20, true)).toMatchObject({
    runs: 'official',
    trials: 40,
    errorPercent: 15,
    interval: [expect.closeTo(10), expect.closeTo(20)],
    errorPercentByRun: [5, 25],
  })
})
