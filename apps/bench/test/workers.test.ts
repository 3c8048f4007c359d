import { execFile } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withoutMeasurements } from '../src/running/result'
import { everyLearner } from './every-learner.mjs'
import { cleanUp, file, home, kshot, resultIn, sines, text, tiny, writeConfig } from './kshot'

const configs = {
  episodes: writeConfig('tiny.json', tiny),
  regression: writeConfig('sines.json', sines),
}

const run = (config: string, out: string, ...more: string[]) =>
  kshot('run', config, '--out', out, '--quiet', ...more)

/** Everything of a run that must be the same whatever the number of threads. */
function bytes(folder: string) {
  const lines = text(folder, 'log.jsonl').trim().split('\n')
  return {
    checkpoint: file(folder, 'checkpoint.safetensors').toString('base64'),
    meta: file(folder, 'meta.safetensors').toString('base64'),
    episodes: text(folder, 'episodes.jsonl'),
    result: withoutMeasurements(resultIn(folder)),
    log: lines.map((line) => ({ ...JSON.parse(line), seconds: 0 })),
  }
}

beforeAll(async () => {
  for (const [name, config] of Object.entries(configs)) {
    expect(await run(config, name)).toMatchObject({ code: 0, stderr: '' })
  }
})
afterAll(cleanUp)

describe('kshot run --workers', () => {
  it.each(['episodes', 'regression'] as const)(
    'gives the bytes of one thread: %s',
    async (name) => {
      const out = `${name}-2`
      const ended = await run(configs[name], out, '--workers', '2')
      expect(ended).toMatchObject({ code: 0, stderr: '' })
      expect(bytes(out)).toEqual(bytes(name))
      const result = resultIn(out)
      expect(result).toMatchObject({ executor: 'sequential', measured: { workers: 2 } })
      expect(result.config).toMatchObject({ executor: 'sequential', workers: 2 })
    },
  )

  it('gives them on another backend too', async () => {
    const short = ['--set', 'train.steps=3', '--set', 'test.episodes=4', '--backend', 'cpu']
    expect(await run(configs.regression, 'cpu', ...short)).toMatchObject({ code: 0 })
    const spread = await run(configs.regression, 'cpu-3', ...short, '--workers', '3')
    expect(spread).toMatchObject({ code: 0 })
    expect(bytes('cpu-3')).toEqual(bytes('cpu'))
  })

  it('goes on with another number of threads, as if nothing had happened', async () => {
    const args = [configs.regression, 'resumed'] as const
    const timed = await run(...args, '--max-seconds', '0.01', '--workers', '1')
    expect(timed).toMatchObject({ code: 0 })
    const more = ['--resume', '--max-seconds', '500', '--workers', '2']
    expect(await run(...args, ...more)).toMatchObject({ code: 0 })
    const { meta, episodes } = bytes('resumed')
    expect(episodes).toBe(bytes('regression').episodes)
    expect(meta).not.toBe('')
  })

  it('says how it runs', async () => {
    const steps = ['--set', 'train.steps=2', '--workers', 'auto']
    const { stderr, stdout, code } = await kshot(
      'run',
      configs.regression,
      '--out',
      'auto',
      ...steps,
    )
    expect(code).toBe(0)
    const { workers } = resultIn('auto').measured
    expect(workers).toBeGreaterThan(0)
    expect(stderr).toContain(`sequential on ${workers} worker`)
    expect(stdout).toContain(`sequential on ${workers} worker`)
  })

  it.each(['-1', 'x', '1.5'])('refuses %s', async (count) => {
    expect(await run(configs.regression, 'no', '--workers', count)).toMatchObject({ code: 2 })
  })

  it('reports what a learner throws in a thread, its stack on demand', async () => {
    const wrong = ['--set', 'learner.adapts=^nothing/', '--workers', '2']
    const args = ['run', configs.regression, ...wrong] as const
    const { code, stderr, stdout } = await kshot(...args, '--out', 'wrong', '--debug')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/error workers\/task-failed[\s\S]*matches no parameter/)
    expect(stderr).toMatch(/in the worker thread: [\s\S]*maml\/dist/)
    expect((await kshot(...args, '--out', 'again')).stderr).not.toContain('maml/dist')
  })
})

describe('kshot run --executor', () => {
  const out = 'at-once'

  beforeAll(async () => {
    const ended = await run(configs.regression, out, '--executor', 'vectorised')
    expect(ended).toMatchObject({ code: 0, stderr: '' })
  })

  it('runs the tasks of a step at once: equal but for rounding', () => {
    expect(resultIn(out)).toMatchObject({ executor: 'vectorised', measured: { workers: 0 } })
    const losses = (folder: string) => bytes(folder).log.map(({ loss }) => loss as number)
    const expected = losses('regression')
    losses(out).forEach((loss, i) => {
      expect(Math.abs(loss / expected[i]! - 1)).toBeLessThan(1e-3)
    })
  })

  it('gives the same bytes on threads', async () => {
    const args = ['--executor', 'vectorised', '--workers', '2']
    expect(await run(configs.regression, 'at-once-2', ...args)).toMatchObject({ code: 0 })
    expect(bytes('at-once-2')).toEqual(bytes('at-once'))
  })

  it('refuses one that there is not', async () => {
    const { code, stderr } = await run(configs.regression, 'no', '--executor', 'vectorized')
    expect(code).toBe(2)
    expect(stderr).toContain('vectorised')
  })
})

describe('kshot eval --workers', () => {
  it('gives the result of one thread', async () => {
    for (const folder of ['episodes', 'regression']) {
      const checkpoint = `${folder}/meta.safetensors`
      const args = ['--json', '--quiet', '--workers', '2']
      const { code, stdout } = await kshot('eval', checkpoint, ...args)
      expect(code).toBe(0)
      const result = JSON.parse(stdout)
      expect(result.measured.workers).toBe(2)
      expect(withoutMeasurements(result)).toEqual(withoutMeasurements(resultIn(folder)))
    }
  })
})

describe('workers in an app', () => {
  it('find the packages of the app, and give the bytes of one thread', async () => {
    const modules = fileURLToPath(new URL('../node_modules', import.meta.url))
    symlinkSync(modules, join(home, 'node_modules'), 'dir')
    writeFileSync(join(home, 'app.mjs'), APP)
    // Threads are not disposed of: the process must end all the same.
    const { stdout } = await promisify(execFile)(process.execPath, ['app.mjs'], { cwd: home })
    expect(JSON.parse(stdout)).toEqual({ name: 'sequential × 2 workers', equal: true })
  })
})

describe('every learner on two workers', () => {
  it('has the gradient and the scores of one thread, to the bit, and leaves nothing', async () => {
    const script = fileURLToPath(new URL('./learners-on-workers.mjs', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [script])
    const rows = stdout.trim().split('\n')
    const parsed = rows.map((line) => JSON.parse(line))
    const of = (backend: string) => parsed.filter((row) => row.backend === backend).length
    // one by one and all at once
    expect(of('wasm')).toBe(2 * Object.keys(everyLearner).length)
    expect(of('cpu')).toBeGreaterThan(10)
    for (const row of parsed) {
      expect(row).toEqual({ ...row, gradient: true, scores: true, left: 0 })
    }
  })
})

const APP = `
import { wasm } from '@kshot/backend-wasm'
import { adam, metaTrain, mlp, tree, useBackend } from '@kshot/core'
import { workers } from '@kshot/core/node'
import { sinusoids } from '@kshot/episodes'
import { maml } from '@kshot/maml'

await useBackend(wasm())
const learner = maml({
  model: mlp({ hidden: [8], outputs: 1 }),
  head: 'none',
  innerRate: 0.01,
  steps: 1,
  normalisation: { train: 'none', test: 'none' },
})
const tasks = sinusoids({ shots: 5, queries: 5, seed: 1 })
const train = (more) => metaTrain({ learner, optimizer: adam(0.001), tasks, steps: 3, metaBatch: 4, ...more })
const executor = await workers({ count: 2, backend: wasm() })
const [alone, spread] = [await train(), await train({ executor })]
const equal = await tree.equal({ ...alone.meta }, { ...spread.meta })
console.log(JSON.stringify({ name: executor.name, equal }))
`
