import { readFileSync } from 'node:fs'
import {
  adam,
  metaTrain,
  mlp,
  type Params,
  rng,
  saveMeta,
  sgd,
  tree,
  valueAndGrad,
} from '@kshot/core'
import { activate, leaked, relativeError, testBackends } from '@kshot/testkit'
import { vectorised } from '@kshot/vmap'
import { memory, type Scalar, tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  descend,
  learnedOptimizer,
  linearMap,
  optimizerTraining,
  type Problem,
  problemOf,
  quadratics,
} from './index'

type Values = number | readonly Values[] | { readonly [name: string]: Values }

interface Case {
  readonly preprocess: number | 'none'
  readonly secondOrder: boolean
  readonly weights: Values
  readonly problem: { readonly start: number[][]; readonly x: number[][]; readonly y: number[][] }
  readonly loss: number
  readonly gradient: Values
}

const reference = JSON.parse(
  readFileSync(new URL('../reference/values.json', import.meta.url), 'utf8'),
) as { units: number; steps: number; outputScale: number; cases: Case[] }
const { units, steps, outputScale, cases } = reference

const ctx = { step: 0, phase: 'train' as const, rng: rng(1) }
const names = cases.map((c) => ({
  ...c,
  name: `preprocess ${c.preprocess}, ${c.secondOrder ? 'second' : 'first'} order`,
}))

function tensors(values: Values): Params {
  if (Array.isArray(values)) return tensor(values as number[])
  const record = values as { readonly [name: string]: Values }
  return Object.fromEntries(Object.entries(record).map(([k, v]) => [k, tensors(v)]))
}

function problem({ start, x, y }: Case['problem']): Problem {
  return { start: { theta: tensor(start) }, state: {}, x: tensor([x]), y: tensor([y]) }
}

function trained(c: Pick<Case, 'preprocess' | 'secondOrder'>, window = steps) {
  const { preprocess, secondOrder } = c
  return optimizerTraining({
    model: linearMap(),
    units,
    outputScale,
    steps,
    window,
    preprocess,
    secondOrder,
  })
}

describe.each(testBackends)('training an optimizer on %s', (backend) => {
  beforeAll(() => activate(backend))

  it.each(names)('a 5-step unroll equals PyTorch float64: $name', (c) => {
    const learner = trained(c)
    const task = problem(c.problem)
    const params = tensors(c.weights)
    const found = valueAndGrad(
      (p: Params) => learner.loss({ params: p, state: {} }, task, ctx).loss as Scalar,
    )(params)
    expect(relativeError(found.value.dataSync(), [c.loss])).toBeLessThan(1e-4)
    const wanted = tree.leaves(tensors(c.gradient)).map((leaf) => leaf.dataSync())
    for (const [i, leaf] of tree.leaves(found.gradient).entries()) {
      expect(relativeError(leaf.dataSync(), wanted[i]!)).toBeLessThan(1e-4)
    }
  })

  it('takes the same gradient when one window holds all steps', async () => {
    const c = cases[0]!
    const meta = { params: tensors(c.weights), state: {} }
    const whole = trained(c).gradient!(meta, problem(c.problem), ctx)
    const halves = trained(c, 2).gradient!(meta, problem(c.problem), ctx)
    const wanted = tree.leaves(tensors(c.gradient)).map((leaf) => leaf.dataSync())
    expect(relativeError(tree.leaves(whole.gradient)[0]!.dataSync(), wanted[0]!)).toBeLessThan(1e-4)
    // Windows have the same losses, but their gradients end where they begin.
    expect(relativeError(halves.loss.dataSync(), [c.loss])).toBeLessThan(1e-4)
    expect(relativeError(tree.leaves(halves.gradient)[0]!.dataSync(), wanted[0]!)).toBeGreaterThan(
      1e-3,
    )
  })

  it('sums logarithms: after one step the gradient is that of the loss over the loss', () => {
    const c = cases[0]!
    const options = { model: linearMap(), units, outputScale, steps: 1, preprocess: c.preprocess }
    const meta = { params: tensors(c.weights), state: {} }
    const plain = optimizerTraining(options).gradient!(meta, problem(c.problem), ctx)
    const logs = optimizerTraining({ ...options, objective: 'log-loss' }).gradient!(
      meta,
      problem(c.problem),
      ctx,
    )
    const loss = plain.loss.dataSync()[0]!
    expect(logs.loss.dataSync()[0]).toBeCloseTo(Math.log(loss), 4)
    for (const [i, leaf] of tree.leaves(logs.gradient).entries()) {
      const wanted = tree
        .leaves(plain.gradient)
        [i]!.dataSync()
        .map((g) => g / loss)
      expect(relativeError(leaf.dataSync(), wanted)).toBeLessThan(1e-4)
    }
  })

  it('trains several at once as one by one, and leaves no tensor behind', async () => {
    const run = (executor: object) =>
      metaTrain({
        learner: optimizerTraining({ model: linearMap(), units: 4, steps: 4, window: 2 }),
        optimizer: adam(1e-2),
        tasks: quadratics({ seed: 1, dimensions: 3 }),
        metaBatch: 4,
        steps: 3,
        ...executor,
      })
    const one = await run({})
    const atOnce = await run({ executor: vectorised() })
    for (const [i, leaf] of tree.leaves(one.meta.params).entries()) {
      const other = tree.leaves(atOnce.meta.params)[i]!
      expect(relativeError(other.dataSync(), leaf.dataSync())).toBeLessThan(1e-4)
    }
    tree.dispose([
      one.state.meta,
      one.state.optimizer,
      atOnce.state.meta,
      atOnce.state.optimizer,
    ] as never)
    expect(
      await leaked(async () => {
        const { state } = await run({})
        tree.dispose([state.meta.params, state.optimizer])
      }),
    ).toBe(0)
  })
})

// Steps are those of the cpu backend, as the tests above say: one backend shows what they add up to.
describe('training an optimizer, to the end', () => {
  beforeAll(() => activate('wasm'))

  it('learns: losses fall below those of its first weights, on problems it has not seen', async () => {
    const model = linearMap()
    const learner = optimizerTraining({
      model,
      units: 8,
      steps: 10,
      window: 10,
      preprocess: 'none',
    })
    const before = memory().numTensors
    const { meta, state } = await metaTrain({
      learner,
      optimizer: adam(1e-2),
      tasks: quadratics({ seed: 1, dimensions: 4 }),
      metaBatch: 8,
      steps: 60,
      executor: vectorised(),
      seed: 3,
    })
    const unseen = quadratics({ seed: 2, dimensions: 4 })
    const after = async (weights: Uint8Array) => {
      const optimizer = learnedOptimizer.load(weights)
      let sum = 0
      for (let i = 0; i < 10; i++) {
        const task = (await unseen(i)) as Problem
        sum += (await descend(optimizer, model, task, 10)).at(-1)!
        tree.dispose(task)
      }
      return sum
    }
    const first = learner.init(rng(3).split('init'), unseen.taskSpec)
    const untrained = await saveMeta(learner.spec, first)
    const weights = await saveMeta(learner.spec, meta)
    expect(await after(weights)).toBeLessThan(0.7 * (await after(untrained)))
    tree.dispose([first.params, state.meta.params, state.optimizer])
    expect(memory().numTensors).toBe(before)
  })
})

describe('problems', () => {
  beforeAll(() => activate('cpu'))

  it('of a classifier: batches come again from the first', async () => {
    const model = mlp({ hidden: [3], outputs: 2, activation: 'sigmoid' })
    const x = tensor([[[0, 1]], [[1, 0]]])
    const y = tensor([[0], [1]], [2, 1], 'int32')
    const task = problemOf(model, rng(1), { x, y })
    const losses = await descend(sgd(1e-9), model, task, 3)
    expect(losses).toHaveLength(4)
    expect(losses[2]).toBeCloseTo(losses[0]!, 6)
    expect(losses[1]).not.toBeCloseTo(losses[0]!, 6)
    tree.dispose(task)
  })

  it('of one number are the same in every process', () => {
    const [a, b] = [quadratics({ seed: 1 })(7) as Problem, quadratics({ seed: 1 })(7) as Problem]
    expect(a.x.dataSync()).toEqual(b.x.dataSync())
    expect(a.x.shape).toEqual([1, 10, 10])
    tree.dispose([a, b])
  })
})
