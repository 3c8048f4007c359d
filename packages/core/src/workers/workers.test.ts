import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { activate, leaked, testBackends } from '@kshot/testkit'
import { memory, tensor } from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Context, Executor, MetaGradient } from '../learner'
import { sgd } from '../optim'
import { rng } from '../random'
import { disposeTask, type Episode } from '../task'
import { evaluate } from '../training/evaluate'
import { metaTrain } from '../training/meta-train'
import { sequential } from '../training/sequential'
import * as tree from '../tree'
import type { Backend } from '../use-backend'
import { linear, points } from './testing/learners.mjs'
import { type WorkersExecutor, type WorkersOptions, workers } from './workers'

// Threads run what is built: Node 20 reads no TypeScript.
const built = new URL('../../dist/worker.js', import.meta.url)
if (!existsSync(fileURLToPath(built))) throw new Error('dist is missing: build first (pnpm build)')

const require = createRequire(import.meta.url)
const packages: Record<string, string> = {
  'test-learners': new URL('./testing/learners.mjs', import.meta.url).href,
  'test-backends': new URL('./testing/backends.mjs', import.meta.url).href,
}
const resolve = (name: string) => packages[name] ?? pathToFileURL(require.resolve(name)).href

const backendOf = (name: string): Backend => ({
  name,
  spec: { package: 'test-backends', export: name, options: {} },
  available: async () => ({ available: true }),
  activate: async () => ({ backend: name, device: 'test', kernels: 'test', threads: 1 }),
})

const opened: WorkersExecutor[] = []
async function open(options: Partial<WorkersOptions> = {}) {
  // vitest's own options for Node would make threads read TypeScript.
  const given = { count: 2, backend: backendOf('cpu'), resolve, execArgv: [], ...options }
  const executor = await workers(given)
  opened.push(executor)
  return executor
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((executor) => executor.dispose()))
})

const bell = () => new Int32Array(new SharedArrayBuffer(8))
const taskSpec = { inputShape: [3] }
const draw = (i: number) => points(rng('points').split(i))
const ctx = (step = 0): Context => ({ step, rng: rng(2).split(step), phase: 'train' })

/** One meta-step, as numbers. */
async function step(
  executor: Executor,
  { learner = linear(), count = 11, shared = bell(), at = 0 } = {},
): Promise<number[][]> {
  const meta = learner.init(rng(1), taskSpec)
  const tasks = Array.from({ length: count }, (_, i) => points(rng('points').split(i), shared))
  try {
    const result = await executor.metaGradient(learner, meta, tasks, ctx(at))
    const numbers = bytes(result)
    disposeTask(result)
    return numbers
  } finally {
    disposeTask([meta, tasks])
  }
}

const bytes = (result: MetaGradient) => tree.leaves(result).map((leaf) => [...leaf.dataSync()])

describe.each(testBackends)('workers on %s', (backend) => {
  it.each([1, 2, 3])('%i give the bytes of one thread, and leave nothing behind', async (count) => {
    await activate(backend)
    const executor = await open({ count, backend: backendOf(backend) })
    expect(executor).toMatchObject({ count, device: { backend }, groups: { size: 1 } })
    const left = await leaked(async () => {
      for (const tasks of [1, 8, 11, 16, 24, 48]) {
        const expected = await step(sequential(), { count: tasks })
        expect(await step(executor, { count: tasks })).toEqual(expected)
      }
    })
    expect(left).toBe(0)
  })

  it('train and validate as one thread does', async () => {
    await activate(backend)
    const executor = await open({ backend: backendOf(backend) })
    const run = async (executor: Executor) => {
      const losses: number[] = []
      const { meta, state } = await metaTrain({
        learner: linear(),
        optimizer: sgd(0.1),
        tasks: draw,
        taskSpec,
        steps: 6,
        metaBatch: 5,
        executor,
        validate: { tasks: draw, count: 20, every: 3 },
        onStep: ({ loss, validation }) => void losses.push(loss, validation?.mean ?? 0),
      })
      const values = tree.leaves({ ...meta }).map((leaf) => [...leaf.dataSync()])
      disposeTask([meta, state])
      return { losses, values }
    }
    expect(await run(executor)).toEqual(await run(sequential()))
  })

  it('score episodes in order, as one thread does', async () => {
    await activate(backend)
    const executor = await open({ backend: backendOf(backend) })
    const learner = linear()
    const meta = learner.init(rng(1), taskSpec)
    const done: number[] = []
    const onEpisode = (count: number) => void done.push(count)
    const options = { learner, meta, tasks: draw, count: 37, seed: 3 }
    const left = await leaked(async () => {
      const expected = await evaluate(options)
      expect(await evaluate({ ...options, executor, onEpisode })).toEqual(expected)
    })
    expect(left).toBe(0)
    expect(done).toEqual(Array.from({ length: 37 }, (_, i) => i + 1))
    disposeTask(meta)
  })
})

describe('workers', () => {
  beforeAll(() => activate('cpu'))

  it('hold as many tensors after 30 steps as after 3', async () => {
    const executor = await open({ count: 1 })
    const counts: number[][] = []
    for (let at = 0; at < 30; at++) {
      const learner = linear({ counts: true, still: at % 2 === 0 })
      counts.push((await step(executor, { learner, count: 3 })).at(-2)!)
    }
    expect(counts[29]).toEqual(counts[3])
  })

  it('run two calls at once', async () => {
    const executor = await open()
    const [first, second] = [0, 1].map((at) => ({ at, count: 9 }))
    const both = await Promise.all([step(executor, first), step(executor, second)])
    expect(both).toEqual([await step(sequential(), first), await step(sequential(), second)])
  })

  it('say what a learner threw, with the stack of the thread, and go on', async () => {
    const executor = await open()
    const learner = linear({ trouble: 'throw' })
    const left = await leaked(async () => {
      const error = await step(executor, { learner }).catch((error) => error)
      expect(error).toMatchObject({
        code: 'workers/task-failed',
        got: expect.stringContaining('no gradient today'),
        stack: expect.stringMatching(/in the worker thread: [\s\S]*learners\.mjs:\d+/),
        cause: { message: 'no gradient today', stack: expect.stringContaining('learners.mjs') },
      })
    })
    expect(left).toBe(0)
    expect(await step(executor)).toEqual(await step(sequential()))
  })

  it('keep the code of an error that is known', async () => {
    const executor = await open()
    const learner = {
      ...linear(),
      spec: { package: 'test-learners', export: 'cubic', options: {} },
    }
    const error = await step(executor, { learner }).catch((error) => error)
    expect(error).toMatchObject({
      code: 'workers/task-failed',
      cause: { code: 'spec/not-allowed', expected: expect.stringContaining('linear') },
    })
  })

  it('say that there is no such package for the app', async () => {
    const executor = await open()
    const learner = { ...linear(), spec: { package: '@none/none', export: 'x', options: {} } }
    await expect(step(executor, { learner })).rejects.toMatchObject({
      code: 'workers/unknown-package',
      got: expect.stringContaining('@none/none'),
    })
  })
})

describe('a thread that dies', () => {
  beforeAll(() => activate('cpu'))

  it('has its group done again elsewhere, with the same bytes', async () => {
    const started: Worker[] = []
    const executor = await open({ onThread: (thread) => void started.push(thread) })
    const learner = linear({ trouble: 'exit once' })
    expect(await step(executor, { learner })).toEqual(await step(sequential()))
    expect(started.length).toBe(3)
  })

  it('may be killed from outside, in mid-step', async () => {
    const started: Worker[] = []
    const executor = await open({ onThread: (thread) => void started.push(thread) })
    const shared = bell()
    const result = step(executor, { learner: linear({ trouble: 'wait once' }), shared })
    await rings(shared, 1)
    // Whichever of them waits, both are killed.
    await Promise.all(started.map((thread) => thread.terminate()))
    expect(await result).toEqual(await step(sequential()))
  })

  it.each([
    ['exit', /exit code 7, without an error/],
    ['uncaught', /exit code 1: out of the blue/],
  ])('stops the run if it dies again (%s)', async (trouble, message) => {
    const executor = await open()
    const left = await leaked(() =>
      expect(step(executor, { learner: linear({ trouble }) })).rejects.toMatchObject({
        code: 'workers/died',
        got: expect.stringMatching(message),
      }),
    )
    expect(left).toBe(0)
    // and others take their place
    expect(await step(executor)).toEqual(await step(sequential()))
  })

  it('carries the stack of what it died of', async () => {
    const executor = await open({ onDeath: 'stop' })
    const error = await step(executor, { learner: linear({ trouble: 'uncaught' }) }).catch((e) => e)
    expect(error.stack).toMatch(/in the worker thread: RangeError: out of the blue[\s\S]*learners/)
  })

  it('stops the run at once where that is wanted', async () => {
    const started: Worker[] = []
    const onThread = (thread: Worker) => void started.push(thread)
    const executor = await open({ onDeath: 'stop', count: 1, onThread })
    const learner = linear({ trouble: 'exit once' })
    await expect(step(executor, { learner })).rejects.toMatchObject({ code: 'workers/died' })
    expect(started).toHaveLength(1)
  })

  it('stops a training, whose state is freed', async () => {
    const executor = await open()
    const left = await leaked(() =>
      expect(
        metaTrain({
          learner: linear({ trouble: 'exit later' }),
          optimizer: sgd(0.1),
          tasks: draw,
          taskSpec,
          steps: 6,
          metaBatch: 4,
          executor,
        }),
      ).rejects.toMatchObject({ code: 'workers/died' }),
    )
    expect(left).toBe(0)
  })
})

describe('a thread that hangs', () => {
  beforeAll(() => activate('cpu'))

  it('is ended, and its group done again, with the same bytes', async () => {
    const executor = await open({ patienceSeconds: 5 })
    const learner = linear({ trouble: 'wait once' })
    expect(await step(executor, { learner })).toEqual(await step(sequential()))
  })

  it('stops the run if it hangs again', async () => {
    const executor = await open({ patienceSeconds: 5 })
    await expect(step(executor, { learner: linear({ trouble: 'wait' }) })).rejects.toMatchObject({
      code: 'workers/hung',
      remedy: expect.stringContaining('patienceSeconds'),
    })
    // and others take their place
    expect(await step(executor)).toEqual(await step(sequential()))
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('not with a patience of %d', async (s) => {
    await expect(open({ patienceSeconds: s })).rejects.toMatchObject({ code: 'workers/bad-option' })
  })
})

describe('the end of workers', () => {
  beforeAll(() => activate('cpu'))

  it('rejects what runs and what comes', async () => {
    const executor = await open()
    const shared = bell()
    const result = step(executor, { learner: linear({ trouble: 'wait' }), shared })
    const rejected = expect(result).rejects.toMatchObject({ code: 'workers/disposed' })
    await rings(shared, 2)
    await executor.dispose()
    await rejected
    await expect(step(executor)).rejects.toMatchObject({ code: 'workers/disposed' })
    await executor.dispose()
  })

  it('is not needed for a process to end', async () => {
    const node = new URL('../../dist/node.js', import.meta.url).href
    const script = `
      const { workers } = await import(${JSON.stringify(node)})
      const backend = { name: 'cpu', spec: { package: 'b', export: 'cpu', options: {} } }
      const resolve = () => ${JSON.stringify(packages['test-backends'])}
      const { count } = await workers({ count: 'auto', backend, resolve, execArgv: [] })
      console.log(count)`
    const args = ['--input-type=module', '-e', script]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000 })
    expect(Number(stdout)).toBeGreaterThan(0)
  })
})

describe('workers refuse', () => {
  beforeAll(() => activate('cpu'))

  it.each([0, 1.5, -1, Number.NaN])('a count of %d', async (count) => {
    await expect(open({ count })).rejects.toMatchObject({ code: 'workers/bad-count' })
  })

  it('a backend that does not run here', async () => {
    const backend = backendOf('noBackend')
    const spec = { ...backend.spec, package: 'test-learners' }
    await expect(open({ backend: { ...backend, spec } })).rejects.toMatchObject({
      code: 'workers/not-started',
      cause: { code: 'backend/unavailable', got: expect.stringContaining('it is a test') },
    })
  })

  it('a file that is no worker', async () => {
    const entry = new URL('./nowhere.js', import.meta.url)
    await expect(open({ entry })).rejects.toMatchObject({
      code: 'workers/died',
      got: expect.stringContaining('nowhere.js'),
    })
  })

  it('a meta-batch without tasks, and score none', async () => {
    const executor = await open()
    await expect(step(executor, { count: 0 })).rejects.toMatchObject({ code: 'core/no-tasks' })
    const learner = linear()
    const meta = learner.init(rng(1), taskSpec)
    expect(await executor.scores(learner, meta, [], [])).toEqual([])
    disposeTask(meta)
  })

  it('a learner whose options name anything but nets and optimizers that are allowed', async () => {
    const attempt = async (inner: object, more: Partial<WorkersOptions> = {}) => {
      const executor = await open({ count: 1, ...more })
      const options = { inner: { options: {}, ...inner } }
      return step(executor, { learner: linear(options as never) })
    }
    const backend = { package: 'test-backends', export: 'cpu' }
    await expect(attempt(backend)).rejects.toMatchObject({
      code: 'spec/not-allowed',
      remedy: expect.stringContaining("packages: ['test-backends']"),
    })
    for (const name of ['useBackend', 'metaTrain', 'sequential', 'constructor', '__proto__']) {
      await expect(attempt({ package: '@kshot/core', export: name })).rejects.toMatchObject({
        code: 'workers/task-failed',
        cause: { code: 'spec/not-allowed' },
      })
    }
    expect(await attempt({ package: '@kshot/core', export: 'conv4' })).toBeDefined()
    expect(await attempt(backend, { packages: ['test-backends'] })).toBeDefined()
  })

  it('tasks that are no data, and tensors of text', async () => {
    const executor = await open()
    const learner = linear()
    const meta = learner.init(rng(1), taskSpec)
    const broken = { ...draw(0), later: () => 1 } as Episode
    const text = { ...draw(1), text: tensor(['a']) } as Episode
    const before = memory().numTensors
    await expect(executor.metaGradient(learner, meta, [broken], ctx())).rejects.toMatchObject({
      code: 'workers/not-sendable',
    })
    await expect(executor.metaGradient(learner, meta, [text], ctx())).rejects.toMatchObject({
      code: 'workers/bad-dtype',
      got: 'a tensor of string',
    })
    expect(memory().numTensors).toBe(before)
    disposeTask([meta, broken, text])
  })
})

/** Waits until so many threads have rung. */
async function rings(shared: Int32Array, count: number): Promise<void> {
  while (Atomics.load(shared, 0) < count) await new Promise((resolve) => setTimeout(resolve, 5))
}
