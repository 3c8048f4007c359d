import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AccuracyScore } from '@kshot/results'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withoutMeasurements } from '../src/running/result'
import {
  cleanUp,
  type Ended,
  file,
  home,
  kshot,
  type Running,
  resultIn,
  start,
  text,
  tiny,
  until,
  writeConfig,
} from './kshot'

const config = writeConfig('tiny.json', tiny)
// Long enough to be killed on its way.
const longer = writeConfig('longer.json', { ...tiny, train: { ...tiny.train, steps: 120 } })

const run = (out: string, ...more: string[]) => kshot('run', config, '--out', out, ...more)

const sha256 = (folder: string) =>
  createHash('sha256').update(file(folder, 'meta.safetensors')).digest('hex')

/** Everything of a run that must be the same for the same seed. */
function bytes(folder: string) {
  const lines = text(folder, 'log.jsonl').trim().split('\n')
  return {
    checkpoint: file(folder, 'checkpoint.safetensors').toString('base64'),
    meta: file(folder, 'meta.safetensors').toString('base64'),
    episodes: text(folder, 'episodes.jsonl'),
    config: text(folder, 'config.json'),
    result: withoutMeasurements(resultIn(folder)),
    log: lines.map((line) => ({ ...JSON.parse(line), seconds: 0 })),
  }
}

let whole: Ended

beforeAll(async () => {
  whole = await run('whole', '--json')
})
afterAll(cleanUp)

describe('kshot run', () => {
  it('prints one JSON document and nothing else on stdout', () => {
    expect(whole).toMatchObject({ code: 0 })
    const result = JSON.parse(whole.stdout)
    expect(result).toEqual(resultIn('whole'))
    expect(result).toMatchObject({
      learner: { package: '@kshot/protonet', export: 'protonet' },
      setting: { dataset: 'glyphs', ways: 5, shots: 1, queries: 5 },
      test: { accuracy: expect.any(Number), episodes: 20 },
      episodeSet: expect.stringMatching(/^\S{16,}$/),
      labels: { transductive: false, queriesNormalisedTogether: 0, adaptationSteps: 0 },
      backend: 'wasm',
      executor: 'sequential',
      seeds: { run: 7 },
      train: { episodes: 50, images: 50 * 15, stoppedBy: 'steps' },
      config: { seed: 7, train: { ways: 5, metaBatch: 1 } },
    })
    const [low, high] = result.test.interval
    expect(low).toBeLessThan(result.test.accuracy)
    expect(high).toBeGreaterThan(result.test.accuracy)
    expect(result.baselines[0].test.episodes).toBe(20)
  })

  it('shows the learner beside nearest centroid, as lines where there is no terminal', () => {
    expect(whole.stderr).toContain('protonet, conv4 with 4 filters')
    expect(whole.stderr).toContain('nearest centroid, raw pixels')
    expect(whole.stderr).toMatch(/training +40\/50 +loss [\d.]+ +validation [\d.]+ %/)
    expect(whole.stderr).toContain(`written to ${join('whole', 'result.json')}`)
    expect(whole.stderr).not.toContain('\u001b')
  })

  it('logs each step and each test episode', () => {
    const lines = text('whole', 'log.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ step }) => step)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    expect(lines.filter(({ validation }) => validation !== undefined)).toHaveLength(3)
    const episodes = text('whole', 'episodes.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const mean = episodes.reduce((sum, { accuracy }) => sum + accuracy, 0) / 20
    const { test } = resultIn('whole')
    expect(mean).toBeCloseTo((test as AccuracyScore).accuracy, 10)
  })

  it('gives the same bytes for the same seed, but for times', async () => {
    expect(await run('again', '--quiet')).toMatchObject({ code: 0, stderr: '' })
    expect(bytes('again')).toEqual(bytes('whole'))
  })

  it('tests another seed on the same episodes', async () => {
    expect(await run('other', '--quiet', '--seed', '8')).toMatchObject({ code: 0 })
    expect(bytes('other').meta).not.toBe(bytes('whole').meta)
    expect(resultIn('other').episodeSet).toBe(resultIn('whole').episodeSet)
    expect(resultIn('other').baselines).toEqual(resultIn('whole').baselines)
  })

  it('does not overwrite a run', async () => {
    const before = bytes('whole')
    const again = await run('whole')
    expect(again).toMatchObject({ code: 2, stdout: '' })
    expect(again.stderr).toContain('usage/folder-taken')
    expect(bytes('whole')).toEqual(before)
  })

  it('says again what a finished run gave when it is resumed', async () => {
    const again = await run('whole', '--resume', '--json')
    expect(again).toMatchObject({ code: 0, stdout: whole.stdout })
  })

  it('stops by the clock, and goes on when it is given more time', async () => {
    const args = ['run', longer, '--out', 'timed', '--quiet']
    expect(await kshot(...args, '--max-seconds', '0.01')).toMatchObject({ code: 0 })
    expect(resultIn('timed').train).toMatchObject({ stoppedBy: 'seconds', episodes: 1 })
    expect(await kshot(...args, '--resume', '--max-seconds', '500')).toMatchObject({ code: 0 })
    expect(resultIn('timed').train).toMatchObject({ stoppedBy: 'steps', episodes: 120 })
  })
})

describe('a run that begins with a checkpoint', () => {
  const from = ['--set', 'train.from=whole/meta.safetensors']

  it('says what it was, and trains from there', async () => {
    const { code, stderr } = await run('from', ...from, '--seed', '8')
    expect(code).toBe(0)
    expect(stderr).toMatch(/starts from +750 images of glyphs/)
    expect(resultIn('from').train).toMatchObject({
      steps: 50,
      images: 750,
      begunWith: { images: 750, dataset: 'glyphs', split: 'train', sha256: sha256('whole') },
    })
    const losses = (folder: string) =>
      text(folder, 'log.jsonl')
        .trim()
        .split('\n')
        .slice(0, 20)
        .map((line) => JSON.parse(line).loss as number)
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
    // The same episodes as those of the run with drawn parameters.
    expect(sum(losses('from'))).toBeLessThan(0.9 * sum(losses('other')))
  })

  it('counts the images of all that came before, and knows that validation classes were seen', async () => {
    const set = ['--set', 'train.split=train+val', '--set', 'validate=null', '--quiet']
    expect(await run('both', ...from, ...set)).toMatchObject({ code: 0 })
    const more = ['--set', 'train.from=both/meta.safetensors', '--set', 'train.steps=1', '--quiet']
    expect(await run('third', ...more)).toMatchObject({ code: 0 })
    expect(resultIn('third')).toMatchObject({
      labels: { trainingSplit: 'train+val' },
      train: { images: 15, begunWith: { images: 1500, split: 'train+val' } },
    })
    const { stdout } = await kshot('eval', 'third/meta.safetensors', '--json', '--quiet')
    expect(withoutMeasurements(JSON.parse(stdout))).toEqual(withoutMeasurements(resultIn('third')))
  })

  it('begins with no other net, and with no file that is missing', async () => {
    const other = await run('misfit', ...from, '--set', 'learner.backbone.filters=8')
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr).toContain('checkpoint/other-model')
    const missing = await run('misfit', '--set', 'train.from=nowhere.safetensors')
    expect(missing).toMatchObject({ code: 2, stdout: '' })
    expect(missing.stderr).toContain('checkpoint/not-found')
    expect(existsSync(join(home, 'misfit'))).toBe(false)
  })
})

describe('kshot eval', () => {
  it('gives the result of the run again', async () => {
    const { code, stdout } = await kshot('eval', 'whole/meta.safetensors', '--json', '--quiet')
    expect(code).toBe(0)
    expect(withoutMeasurements(JSON.parse(stdout))).toEqual(withoutMeasurements(resultIn('whole')))
  })

  it('tests in another setting, but not another net', async () => {
    const more = ['--set', 'test.ways=8', '--json', '--quiet']
    const { stdout } = await kshot('eval', 'whole/meta.safetensors', ...more)
    expect(JSON.parse(stdout).setting).toMatchObject({ ways: 8 })
    expect(JSON.parse(stdout).episodeSet).not.toBe(resultIn('whole').episodeSet)
    const filters = ['--set', 'learner.backbone.filters=8']
    const other = await kshot('eval', 'whole/meta.safetensors', ...filters)
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr).toContain('checkpoint/other-model')
  })

  it('names a checkpoint that is missing, and one that is none', async () => {
    const missing = await kshot('eval', 'nowhere.safetensors')
    expect(missing).toMatchObject({ code: 2, stdout: '' })
    expect(missing.stderr).toContain('checkpoint/not-found')
    expect(await kshot('eval', 'tiny.json')).toMatchObject({ code: 1, stdout: '' })
  })
})

describe('a run that is cut off', () => {
  beforeAll(async () => {
    expect(await kshot('run', longer, '--out', 'uncut', '--quiet')).toMatchObject({ code: 0 })
  })

  const begin = (out: string) => start(['run', longer, '--out', out])
  const resume = (out: string) => kshot('run', '--resume', '--out', out, '--quiet')
  const firstCheckpoint = ({ child }: Running, out: string) =>
    until(
      () => existsSync(join(home, out, 'checkpoint.safetensors')) || child.exitCode !== null,
      'the first checkpoint',
    )

  it('goes on bit by bit after it was killed', async () => {
    const running = begin('killed')
    await firstCheckpoint(running, 'killed')
    running.child.kill('SIGKILL')
    expect(await running.ended).toMatchObject({ signal: 'SIGKILL' })
    expect(existsSync(join(home, 'killed', 'result.json'))).toBe(false)
    expect(await resume('killed')).toMatchObject({ code: 0, stderr: '' })
    expect(bytes('killed')).toEqual(bytes('uncut'))
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('writes a checkpoint on %s', async (signal) => {
    const running = begin(signal)
    await firstCheckpoint(running, signal)
    // Twice at once, as through pnpm, is one.
    running.child.kill(signal)
    running.child.kill(signal)
    const { code, stderr, stdout } = await running.ended
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(stderr).toContain(`kshot run --resume --out ${signal}`)
    expect(await resume(signal)).toMatchObject({ code: 0 })
    expect(bytes(signal)).toEqual(bytes('uncut'))
  })

  it('does not go on with another configuration', async () => {
    const other = await run('uncut', '--resume')
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr).toContain("'train.steps' 50")
  })
})

describe('what goes wrong', () => {
  it('names the nearest of a wrong key, preset or option and exits 2', async () => {
    const key = await run('none', '--set', 'train.way=3')
    expect(key).toMatchObject({ code: 2, stdout: '' })
    expect(key.stderr).toContain("Did you mean 'train.ways'?")
    const preset = await kshot('run', 'protonet-glyphs-5w2s')
    expect(preset).toMatchObject({ code: 2, stdout: '' })
    expect(preset.stderr).toContain("Did you mean 'protonet-glyphs-5w1s'?")
    expect(await run('none', '--seed', 'x')).toMatchObject({ code: 2, stdout: '' })
    expect(await run('none', '--sed', '1')).toMatchObject({ code: 2, stdout: '' })
    expect(await kshot('rnu')).toMatchObject({ code: 2, stdout: '' })
    expect(existsSync(join(home, 'none'))).toBe(false)
  })

  it('names the step in which the loss was no number and exits 1', async () => {
    // Batch norm would keep any step in bounds.
    const net = 'learner.backbone={"name":"mlp"}'
    const optimizer = 'train.optimizer={"name":"sgd","rate":1e30}'
    const { code, stderr } = await run('nan', '--set', net, '--set', optimizer)
    expect(code).toBe(1)
    expect(stderr).toMatch(/core\/loss-not-finite[\s\S]*meta-step \d+/)
    expect(existsSync(join(home, 'nan', 'result.json'))).toBe(false)
  })

  it.skipIf(process.platform === 'win32')('does not train what it cannot write', async () => {
    for (const folder of [join('tiny.json', 'below-a-file'), '/proc/kshot']) {
      const { code, stderr, stdout } = await run(folder)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain('run/unwritable')
      expect(stderr).not.toContain('training')
    }
  })

  it('says where data was looked for and exits 3', async () => {
    const args = ['--data', join(home, 'nowhere'), '--out', 'no-data']
    const { code, stderr, stdout } = await kshot('run', 'protonet-omniglot-5w1s', ...args)
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('nowhere')
    expect(existsSync(join(home, 'no-data'))).toBe(false)
  })

  it('asks no more of a data set than it has', async () => {
    const { code, stderr } = await run('greedy', '--set', 'train.ways=5000')
    expect(code).toBe(2)
    expect(stderr).toContain('5000')
  })
})

describe('kshot ls', () => {
  it.each(['presets', 'learners', 'datasets', 'backends'])('lists %s', async (what) => {
    const { code, stdout } = await kshot('ls', what, '--json')
    expect(code).toBe(0)
    expect(Object.keys(JSON.parse(stdout)).length).toBeGreaterThan(0)
  })
})
