import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isDone, withoutTimes } from '@kshot/results'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readResults } from '../src/files/results-file'
import { cleanUp, type Ended, file, home, kshot, start, text, until, writeConfig } from './kshot'

const conv = { name: 'conv4', filters: 2 }
const board = {
  title: 'Glyphs in seconds',
  data: { kind: 'glyphs' },
  learners: ['nearest-centroid', { use: 'protonet', options: { backbone: conv } }],
  settings: [
    { ways: 3, queries: 5 },
    { ways: 3, shots: 3, queries: 5, checkpointsOf: 'glyphs-3w1s' },
  ],
  seeds: [1, 2],
  budget: { images: 250 },
  train: { checkpointEvery: 4 },
  validate: { episodes: 5, checks: 3 },
  test: { episodes: 20 },
}
const config = writeConfig('board.json', board)
const RESULTS = 'results.jsonl'

const leaderboard = (out: string, ...more: string[]) =>
  kshot('leaderboard', config, '--out', out, '--quiet', ...more)
const rows = (out: string) => readResults(join(home, out, RESULTS))
/** Somebody may commit meanwhile. */
const bytes = async (out: string) =>
  (await rows(out)).map((row) => ({ ...(withoutTimes(row) as object), commit: null }))

let whole: Ended

beforeAll(async () => {
  whole = await leaderboard('whole', '--workers', '1', '--json')
}, 120_000)
afterAll(cleanUp)

// Processes of processes: a loaded machine takes its time.
describe('kshot leaderboard', { timeout: 240_000 }, () => {
  it('has a row a cell, all tested on the same episodes, and ranks them', async () => {
    expect(whole).toMatchObject({ code: 0, stderr: '' })
    const all = (await rows('whole'))
      .filter(isDone)
      .filter(({ cell }) => cell.setting === 'glyphs-3w1s')
    expect(all.map(({ cell }) => `${cell.learner} ${cell.seed}`)).toEqual([
      'nearest-centroid 1',
      'nearest-centroid 2',
      'protonet 1',
      'protonet 2',
    ])
    expect(new Set(all.map(({ episodeSet }) => episodeSet)).size).toBe(1)
    for (const row of all) {
      expect(row.scores).toHaveLength(20)
      const mean = row.scores.reduce((a, b) => a + b) / 20
      expect(mean).toBeCloseTo(row.test.accuracy, 6)
      expect(row.predictions.labels[0]).toHaveLength(15)
      expect(row.costs.adaptPredictMs).toBeGreaterThan(0)
      expect(row.setting).toMatchObject({ dataset: 'glyphs', ways: 3, shots: 1, queries: 5 })
    }
    const [nearest, , protonet] = all
    expect(nearest!.train).toMatchObject({ images: 0, steps: 0 })
    // 13 meta-steps of 18 images: the last that fit.
    expect(protonet!.train).toMatchObject({ images: 234, steps: 13 })
    expect(protonet!.curve.map(({ images }) => images)).toEqual([90, 180, 234])
    expect(protonet!.backbone).toBe('conv4 with 2 filters')
    expect(protonet!.checkpoint).toBe(join('cells', protonet!.cell.name, 'meta.safetensors'))
    const { tables } = JSON.parse(whole.stdout)
    expect(tables).toHaveLength(2)
    expect(tables[0].ranking.map(({ name }: { name: string }) => name).sort()).toEqual([
      'nearest-centroid',
      'protonet',
    ])
  })

  it('tests what is trained for one setting in another too, and says whose it is', async () => {
    const all = (await rows('whole')).filter(isDone)
    const [once, again] = ['glyphs-3w1s', 'glyphs-3w3s'].map(
      (setting) => all.filter(({ cell }) => cell.setting === setting).at(-1)!,
    )
    expect(again!.cell).toMatchObject({ learner: 'protonet', checkpointsOf: 'glyphs-3w1s' })
    expect(again!.setting).toMatchObject({ ways: 3, shots: 3, queries: 5 })
    expect(again!.episodeSet).not.toBe(once!.episodeSet)
    expect(again!).toMatchObject({ train: once!.train, curve: once!.curve, best: once!.best })
    expect(again!.checkpoint).toBe(once!.checkpoint)
    expect(once!.cell).not.toHaveProperty('checkpointsOf')
    const { tables } = JSON.parse(whole.stdout)
    expect(tables[1].title).toBe('glyphs, 3-way 3-shot, checkpoints of glyphs-3w1s')
    const evaluated = await kshot(
      'eval',
      join('whole', again!.checkpoint),
      '--set',
      'test.shots=3',
      '--json',
      '--quiet',
    )
    expect(JSON.parse(evaluated.stdout)).toMatchObject({
      test: again!.test,
      episodeSet: again!.episodeSet,
    })
  })

  it('goes on from results that came without their folders, if they are its own', async () => {
    mkdirSync(join(home, 'kept'))
    cpSync(join(home, 'whole', RESULTS), join(home, 'kept', RESULTS))
    writeConfig('kept.json', board)
    const resumed = await kshot('leaderboard', 'kept.json', '--resume')
    expect(resumed).toMatchObject({ code: 0 })
    expect(resumed.stderr).toContain('nothing to do: all cells are done')
    expect(file('kept', RESULTS)).toEqual(file('whole', RESULTS))
    const other = await kshot('leaderboard', 'kept.json', '--resume', '--set', 'test.episodes=21')
    expect(other.code).toBe(2)
    expect(other.stderr).toMatch(/usage\/other-config[\s\S]*test.episodes/)
    const fewer = await kshot('leaderboard', 'kept.json', '--resume', '--set', 'seeds=[1]')
    expect(fewer.code).toBe(2)
    expect(fewer.stderr).toMatch(/usage\/rows-lost[\s\S]*4 results/)
    expect(file('kept', RESULTS)).toEqual(file('whole', RESULTS))
  })

  it('gives the same file for other numbers of workers and shards', async () => {
    for (const shard of ['2/2', '1/2']) {
      const more = ['--shard', shard, '--workers', '2', '--resume']
      expect(await leaderboard('shards', ...more)).toMatchObject({ code: 0 })
    }
    expect(await bytes('shards')).toEqual(await bytes('whole'))
  })

  it('does nothing where all is done, and says so', async () => {
    const before = [file('whole', RESULTS), statSync(join(home, 'whole', RESULTS)).mtimeMs]
    const again = await kshot('leaderboard', config, '--out', 'whole', '--resume')
    expect(again).toMatchObject({ code: 0 })
    expect(again.stderr).toContain('nothing to do: all cells are done')
    expect(again.stdout).toContain('nearest-centroid')
    expect([file('whole', RESULTS), statSync(join(home, 'whole', RESULTS)).mtimeMs]).toEqual(before)
  })

  it('is killed at any moment, and goes on as if it had not been', async () => {
    const log = (seed: number) =>
      join(home, `killed/cells/protonet.glyphs-3w1s.images.wasm.seed${seed}/log.jsonl`)
    for (const [signal, seed] of [['SIGKILL', 1] as const, ['SIGKILL', 2] as const]) {
      const args = ['leaderboard', config, '--out', 'killed', '--resume', '--quiet']
      const { child, ended } = start([...args, '--workers', '1'])
      await until(() => existsSync(log(seed)) && statSync(log(seed)).size > 150, 'training')
      child.kill(signal)
      await ended
    }
    expect(await leaderboard('killed', '--resume')).toMatchObject({ code: 0 })
    expect(await bytes('killed')).toEqual(await bytes('whole'))
  })

  it('stops on Ctrl-C with checkpoints, says how to go on, and exits 130', async () => {
    const args = ['leaderboard', config, '--out', 'stopped', '--workers', '2']
    const long = ['--set', 'budget.images=1000000', '--set', 'learners.0=siamese']
    const running = start([...args, ...long])
    const log = join(home, 'stopped/cells/siamese.glyphs-3w1s.images.wasm.seed1/log.jsonl')
    await until(() => existsSync(log) || running.child.exitCode !== null, 'training')
    running.child.kill('SIGINT')
    const { code, stderr } = await running.ended
    expect(code).toBe(130)
    expect(stderr).toContain('4 cells remain')
    expect(stderr).toContain('--resume --out stopped')
    expect(stderr).not.toContain('\u001b')
    expect(text('stopped', RESULTS)).toBe('')
  })

  it('shows a cell that failed with its reason, and goes on with the rest', async () => {
    const wild = { name: 'sgd', rate: 1e30 }
    const set = `learners.0={"use":"siamese","train":{"optimizer":${JSON.stringify(wild)}}}`
    const { code, stdout, stderr } = await kshot(
      'leaderboard',
      config,
      '--out',
      'failed',
      '--set',
      set,
      '--set',
      'seeds=[1]',
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/failed siamese[\s\S]*core\/(loss|gradient)-not-finite/)
    expect(stdout).toMatch(/failed +siamese, wasm, seed 1: core\//)
    const [done, failed] = await rows('failed')
    expect(done).toMatchObject({ status: 'done', cell: { learner: 'protonet' } })
    expect(failed).toMatchObject({ status: 'failed', cell: { learner: 'siamese' } })
  })
})
