import { activate, leaked, testBackends, toyEpisodes, toyLearner } from '@kshot/testkit'
import { log, memory, mul, type Scalar, scalar } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { MetaLearner } from '../learner'
import { adam } from '../optim'
import { rng } from '../random'
import { disposeTask, type Episode } from '../task'
import * as tree from '../tree'
import { evaluate } from './evaluate'
import { taskContext, taskGradient } from './executor'
import { metaTrain } from './meta-train'
import type { MetaTrainOptions, StepReport, TrainState } from './meta-train-options'
import { sequential } from './sequential'
import { estimate } from './statistics'

const tasks = toyEpisodes({ ways: 3, shots: 1, queries: 2, noise: 1.5 })
const base = { learner: toyLearner(), optimizer: adam(1e-2), tasks, steps: 12, seed: 4 }
const validation = { tasks: (i: number) => tasks(500 + i), count: 5, every: 4 }

const train = (options: Partial<MetaTrainOptions> = {}) => metaTrain({ ...base, ...options })

/** What is left of a run once its tensors are read. */
async function bytes(options: Partial<MetaTrainOptions> = {}): Promise<number[]> {
  const { meta, state } = await train(options)
  const values = tree
    .leaves({ ...state.meta, o: state.optimizer })
    .flatMap((t) => [...t.dataSync()])
  disposeTask([meta, state])
  return values
}

describe.each(testBackends)('meta-training on %s', (backend) => {
  beforeAll(() => activate(backend))

  it('learns', async () => {
    const losses: number[] = []
    const { meta, state } = await train({ steps: 60, onStep: ({ loss }) => void losses.push(loss) })
    const average = (from: number) => estimate(losses.slice(from, from + 15)).mean
    expect(average(45)).toBeLessThan(0.9 * average(0))
    expect(state).toMatchObject({ step: 60, tasks: 60, examples: 60 * 9 })
    disposeTask([meta, state])
  })

  it('gives the same bytes for the same seed, others for another', async () => {
    expect(await bytes()).toEqual(await bytes())
    expect(await bytes()).not.toEqual(await bytes({ seed: 5 }))
  })

  it('goes on after a stop as if nothing had happened', async () => {
    const first = await train({ steps: 5, validate: validation })
    expect(first.state.step).toBe(5)
    const resume: TrainState = { ...first.state }
    expect(await bytes({ resume, validate: validation })).toEqual(
      await bytes({ validate: validation }),
    )
    disposeTask(first.meta)
  })

  it('begins with given meta-parameters, which stay the caller’s', async () => {
    const first = await train({ steps: 30 })
    const losses: number[] = []
    const onStep = ({ loss }: StepReport) => void losses.push(loss)
    const before = await leaked(async () => {
      const again = await train({ steps: 3, seed: 9, from: first.meta, onStep })
      expect(again.state).toMatchObject({ step: 3, tasks: 3 })
      disposeTask([again.meta, again.state])
    })
    expect(before).toBe(0)
    const drawn: number[] = []
    const other = await train({ steps: 3, seed: 9, onStep: ({ loss }) => void drawn.push(loss) })
    expect(estimate(losses).mean).toBeLessThan(estimate(drawn).mean)
    disposeTask([first.meta, first.state, other.meta, other.state])
  })

  it('refuses meta-parameters of another shape to begin with', async () => {
    const { meta, state } = await train({ steps: 1 })
    const params = { ...(meta.params as { [name: string]: tree.Params }), more: scalar(0) }
    await expect(train({ from: { ...meta, params } })).rejects.toMatchObject({
      code: 'core/other-parameters',
      got: expect.stringContaining("'params/more' of shape []"),
      expected: expect.stringContaining("no 'params/more'"),
    })
    disposeTask([params, meta, state])
  })

  it('averages gradients and states over the meta-batch, in chunks of eight', async () => {
    const { learner } = base
    const meta = learner.init(rng(1), tasks.taskSpec)
    const batch = Array.from({ length: 11 }, (_, i) => tasks(i) as Episode)
    const ctx = { step: 0, rng: rng(2), phase: 'train' as const }
    const result = await sequential().metaGradient(learner, meta, batch, ctx)
    const single = batch.map((task, i) => taskGradient(learner, meta, task, taskContext(ctx, i)))
    const of = (r: { gradient: tree.Params }) => tree.leaves(r.gradient)[1]!.dataSync()
    const expected = of(result).map((_, k) => estimate(single.map((r) => of(r)[k]!)).mean)
    of(result).forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k]!, 4)
    })
    expect((result.state as { tasks: Scalar }).tasks.dataSync()[0]).toBe(1)
    disposeTask([meta, batch, result, single])
  })

  it('keeps the best on validation and stops when patience ends', async () => {
    const reports: StepReport[] = []
    const { meta, state, stoppedBy } = await train({
      // so large a rate that later parameters are worse
      optimizer: adam(3),
      steps: 1000,
      validate: { ...validation, patience: 3 },
      onStep: (report) => void reports.push(report),
    })
    const scores = reports.flatMap(({ validation }) => validation?.mean ?? [])
    expect(stoppedBy).toBe('patience')
    expect(state.best!.score).toBe(Math.max(...scores))
    expect(state.step).toBe(state.best!.step + 12)
    expect(meta).toBe(state.best!.meta)
    disposeTask([meta, state])
  })

  it('stops by the clock, after a last validation, and by a signal', async () => {
    let clock = 0
    const timed = await train({ now: () => (clock += 1000), maxSeconds: 5, validate: validation })
    expect(timed.stoppedBy).toBe('seconds')
    expect(timed.state.best).toBeDefined()
    const controller = new AbortController()
    const stopped = await train({
      signal: controller.signal,
      onStep: ({ step }) => void (step === 3 && controller.abort()),
    })
    expect(stopped).toMatchObject({ stoppedBy: 'interrupted', state: { step: 4 } })
    disposeTask([timed.meta, timed.state, stopped.meta, stopped.state])
  })

  it('skips no validation when a signal comes in the step before it', async () => {
    const controller = new AbortController()
    const steps: number[] = []
    const stopped = train({
      signal: controller.signal,
      validate: { ...validation, every: 2 },
      onStep: ({ step }) => void (steps.push(step) === 3 && controller.abort(new Error('enough'))),
    })
    await expect(stopped).rejects.toThrow('enough')
    // Step 4 is to be done again, with its validation.
    expect(steps).toEqual([1, 2, 3])
  })

  it('says in which step the loss was no number, and leaves nothing behind', async () => {
    const learner: MetaLearner = {
      ...toyLearner(),
      loss: (meta, task, ctx) => {
        const result = toyLearner().loss(meta, task, ctx)
        return ctx.step < 3 ? result : { ...result, loss: mul(result.loss, log(scalar(-1))) }
      },
    }
    const left = await leaked(() =>
      expect(train({ learner, validate: { ...validation, every: 2 } })).rejects.toMatchObject({
        code: 'core/loss-not-finite',
        message: expect.stringContaining('meta-step 3'),
      }),
    )
    expect(left).toBe(0)
  })

  it('sees a NaN that the net hides from the loss', async () => {
    // as on wasm, where the larger of NaN and 0 is 0
    const learner: MetaLearner = {
      ...toyLearner(),
      gradient: (meta, task, ctx) => ({
        ...toyLearner().loss(meta, task, ctx),
        gradient: tree.map((p) => mul(p, Number.NaN), meta.params),
      }),
    }
    const left = await leaked(() =>
      expect(train({ learner })).rejects.toMatchObject({ code: 'core/gradient-not-finite' }),
    )
    expect(left).toBe(0)
  })

  it('leaves nothing behind when a task cannot be drawn', async () => {
    const broken = Object.assign(
      (i: number) => {
        if (i === 4) throw new Error('no more tasks')
        return tasks(i)
      },
      { taskSpec: tasks.taskSpec },
    )
    const left = await leaked(() =>
      expect(train({ tasks: broken, metaBatch: 3 })).rejects.toThrow('no more tasks'),
    )
    expect(left).toBe(0)
  })

  it('asks for the shape of an example where nothing tells it', async () => {
    const run = train({ tasks: (i: number) => tasks(i) })
    await expect(run).rejects.toMatchObject({ code: 'core/task-spec-missing' })
  })

  it('leaves nothing behind when a learner fails in evaluation', async () => {
    const predict = () => {
      throw new Error('no prediction')
    }
    const learner: MetaLearner = { ...toyLearner(), predict }
    const meta = learner.init(rng(1), tasks.taskSpec)
    const left = await leaked(() =>
      expect(evaluate({ learner, meta, tasks, count: 2 })).rejects.toThrow('no prediction'),
    )
    expect(left).toBe(0)
    tree.dispose({ ...meta })
  })

  it('scores each episode in order, the same each time', async () => {
    const learner = toyLearner()
    const meta = learner.init(rng(1), tasks.taskSpec)
    const before = memory().numTensors
    const [a, b] = [
      await evaluate({ learner, meta, tasks, count: 20 }),
      await evaluate({ learner, meta, tasks, count: 20 }),
    ]
    expect(a).toEqual(b)
    expect(a.scores).toHaveLength(20)
    expect(a.predicted).toHaveLength(20)
    for (const [i, predicted] of a.predicted.entries()) {
      const episode = await tasks(i)
      const truth = await episode.query.y.data()
      const right = predicted.filter((label, k) => label === truth[k]).length
      expect(right / truth.length).toBeCloseTo(a.scores[i]!, 6)
      disposeTask(episode)
    }
    expect(a).toMatchObject({ metric: 'accuracy', accuracy: a.mean, episodes: 20, examples: 180 })
    expect(memory().numTensors).toBe(before)
    tree.dispose({ ...meta })
  })
})

it('estimates a mean with its 95 % interval', () => {
  const { mean, halfWidth, interval } = estimate([0.2, 0.4, 0.6, 0.8])
  // s = 0.2582, 1.96 s / √4
  expect(mean).toBeCloseTo(0.5, 10)
  expect(halfWidth).toBeCloseTo(0.25303, 5)
  expect(interval[0]).toBeCloseTo(0.24697, 5)
  expect(estimate([1]).halfWidth).toBeNaN()
})
