import { codeOf } from '@kshot/testkit'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-core/dist/register_all_gradients'
import {
  grad,
  memory,
  mul,
  setBackend,
  square,
  sum,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { coreRegistry } from '../core-registry'
import { fromSpec } from '../registry'
import * as tree from '../tree'
import {
  adam,
  adamw,
  addDecayedWeights,
  applyUpdates,
  chain,
  clip,
  clipByGlobalNorm,
  constant,
  cosine,
  linear,
  momentum,
  type Optimizer,
  piecewise,
  rmsprop,
  scale,
  scaleByAdam,
  scaleByLearningRate,
  scaleByRms,
  scaleBySchedule,
  sgd,
  step,
  trace,
  warmUp,
} from './index'

beforeAll(async () => {
  await setBackend('cpu')
})

// Every optimizer that moves downhill by itself.
const optimizers: Record<string, () => Optimizer> = {
  sgd: () => sgd(0.1),
  'sgd with a schedule': () => sgd(step({ initial: 0.2, every: 100, factor: 0.5 })),
  momentum: () => momentum(0.02),
  'nesterov momentum': () => momentum(0.02, { decay: 0.9, nesterov: true }),
  'nesterov momentum with weight decay': () =>
    momentum(0.02, { nesterov: true, weightDecay: 1e-5 }),
  adam: () => adam(cosine({ initial: 0.1, steps: 300, final: 1e-4 })),
  'adam after a warm-up': () =>
    adam(warmUp({ steps: 10, to: step({ initial: 0.1, every: 60, factor: 0.5 }) })),
  rmsprop: () => rmsprop(cosine({ initial: 0.05, steps: 300, final: 1e-5 })),
  adamw: () => adamw(cosine({ initial: 0.1, steps: 300 }), { weightDecay: 1e-4 }),
  'clipped adam': () =>
    chain(clipByGlobalNorm(1), adam(cosine({ initial: 0.1, steps: 300, final: 1e-4 }))),
  'clipped sgd': () => chain(clip(0.5), sgd(0.2)),
  'a chain of blocks': () =>
    chain(clipByGlobalNorm(5), addDecayedWeights(1e-5), trace(), scale(-0.02)),
  'a chain with a schedule': () => chain(scaleBySchedule(constant(-0.1))),
}

// Blocks that have to be part of a chain; they pass the structural half of the suite.
const blocks: Record<string, () => Optimizer> = {
  scaleByAdam: () => scaleByAdam(),
  scaleByRms: () => scaleByRms(),
  trace: () => trace({ decay: 0.5 }),
  'nesterov trace': () => trace({ nesterov: true }),
  scale: () => scale(2),
  scaleBySchedule: () => scaleBySchedule(constant(2)),
  scaleByLearningRate: () => scaleByLearningRate(0.1),
  addDecayedWeights: () => addDecayedWeights(0.1),
  clip: () => clip(1),
  clipByGlobalNorm: () => clipByGlobalNorm(1),
  'an empty chain': () => chain(),
}

const nested = () => ({
  blocks: [{ filter: tensor([[1, -2]]), bias: tensor([0.5]) }, {}, []],
  head: tensor(3),
})

const shapeOf = (params: tree.Params) => tree.flatten(params).map(([path, t]) => [path, t.shape])

function run(optimizer: Optimizer, start: tree.Params, steps: number, gradient: typeof doubled) {
  let params = tree.clone(start)
  let state = optimizer.init(params)
  for (let i = 0; i < steps; i++) {
    const gradients = gradient(params)
    const next = optimizer.update(gradients, state, { step: i, params })
    const moved = applyUpdates(params, next.updates)
    tree.dispose([params, gradients, state, next.updates])
    params = moved
    state = next.state
  }
  tree.dispose(state)
  return params
}

// The gradient of ‖θ‖².
function doubled(params: tree.Params): tree.Params {
  return tree.tidy(() => tree.map((param) => mul(param, 2), params))
}

function zeros(params: tree.Params): tree.Params {
  return tree.tidy(() => tree.map((param) => mul(param, 0), params))
}

const numbers = (params: tree.Params) => tree.leaves(params).flatMap((t) => [...t.dataSync()])

describe.each(Object.entries({ ...optimizers, ...blocks }))('%s', (_, make) => {
  it('keeps the structure and hands over tensors of its own', () => {
    const [optimizer, params] = [make(), nested()]
    const state = optimizer.init(params)
    const gradients = doubled(params)
    const next = optimizer.update(gradients, state, { step: 0, params })
    expect(shapeOf(next.updates)).toEqual(shapeOf(params))
    expect(shapeOf(next.state)).toEqual(shapeOf(state))
    const given = new Set([params, gradients, state].flatMap(tree.leaves))
    const got = [next.updates, next.state].flatMap(tree.leaves)
    expect(new Set(got).size).toBe(got.length)
    expect(got.filter((t) => given.has(t))).toEqual([])
    tree.dispose([state, gradients])
    expect(numbers([next.updates, next.state]).every(Number.isFinite)).toBe(true)
    tree.dispose([params, next.updates, next.state])
  })

  it('leaves memory flat and its arguments alone', () => {
    const [optimizer, params] = [make(), nested()]
    const before = memory().numTensors
    tree.dispose(run(optimizer, params, 1, doubled))
    const once = memory().numTensors
    tree.dispose(run(optimizer, params, 25, doubled))
    expect([once, memory().numTensors]).toEqual([before, before])
    expect(numbers(params)).toEqual([0.5, 1, -2, 3])
    tree.dispose(params)
  })

  it('is deterministic, and resumes from its state and step bit by bit', () => {
    const [optimizer, params] = [make(), nested()]
    const whole = run(optimizer, params, 6, doubled)
    const again = run(make(), params, 6, doubled)
    expect(numbers(again)).toEqual(numbers(whole))

    let [now, state] = [tree.clone<tree.Params>(params), optimizer.init(params)]
    for (let i = 0; i < 6; i++) {
      // A new optimizer each step: nothing is hidden in the closure.
      const next = make().update(doubled(now), tree.clone(state), { step: i, params: now })
      now = applyUpdates(now, next.updates)
      state = next.state
    }
    expect(numbers(now)).toEqual(numbers(whole))
  })

  it('makes no NaN of a zero gradient', () => {
    const params = { a: tensor([0, 1]) }
    expect(numbers(run(make(), params, 3, zeros)).every(Number.isFinite)).toBe(true)
  })

  it.each([[{}], [[]], [{ a: {}, b: [] }]])('works on the empty tree %j', (params) => {
    const optimizer = make()
    const next = optimizer.update(params, optimizer.init(params), { step: 0, params })
    expect(next.updates).toEqual(params)
    expect(tree.leaves(next.state)).toEqual([])
  })

  it('is built again from its spec', async () => {
    const [optimizer, params] = [make(), nested()]
    const { spec } = optimizer
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
    const rebuilt = await fromSpec<Optimizer>(spec, 'optimizer', coreRegistry)
    expect(rebuilt.spec).toEqual(spec)
    expect(numbers(run(rebuilt, params, 3, doubled))).toEqual(
      numbers(run(optimizer, params, 3, doubled)),
    )
  })

  it('says where gradients and parameters differ', () => {
    const optimizer = make()
    const params = { a: tensor(1), b: tensor(1) }
    const attempt = () => {
      const gradients = { a: tensor(1) }
      const options = { step: 0, params }
      const { updates } = optimizer.update(gradients, optimizer.init(params), options)
      applyUpdates(params, updates)
    }
    expect(attempt).toThrow("'b'")
  })

  it.each([Number.NaN, -1, 0.5, undefined])('refuses step %s', (at) => {
    const params = { a: tensor(1) }
    const [optimizer, options] = [make(), { step: at as number, params }]
    expect(codeOf(() => optimizer.update(params, optimizer.init(params), options))).toBe(
      'core/bad-option',
    )
  })
})

describe.each(Object.entries(optimizers))('%s', (_, make) => {
  it('converges on a quadratic', () => {
    const params = { a: tensor([1, -2]), b: [tensor(3)] }
    const end = numbers(run(make(), params, 300, doubled))
    expect(Math.max(...end.map(Math.abs))).toBeLessThan(1e-2)
  })
})

describe('known values', () => {
  const gradients = [0.5, -0.25, 2, 0.125]

  // One parameter, a gradient a step; the parameter after each step.
  function path(optimizer: Optimizer, start: number): number[] {
    let params: tree.Params = { w: tensor(start) }
    let state = optimizer.init(params)
    return gradients.map((g, i) => {
      const next = optimizer.update({ w: tensor(g) }, state, { step: i, params })
      state = next.state
      params = applyUpdates(params, next.updates)
      return numbers(params)[0]!
    })
  }

  function close(actual: readonly number[], expected: readonly number[]) {
    expect(actual.length).toBe(expected.length)
    for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 5)
  }

  it('sgd', () => {
    close(path(sgd(0.1), 1), [0.95, 0.975, 0.775, 0.7625])
  })

  it('momentum: 0.5, then 0.9 × 0.5 - 0.25 = 0.2, then 2.18, then 2.087', () => {
    close(path(momentum(0.1), 1), [0.95, 0.93, 0.712, 0.5033])
  })

  it('rmsprop: v is 0.025, 0.02875, 0.425875, 0.38485', () => {
    close(path(rmsprop(0.1), 1), [0.683772, 0.831214, 0.524743, 0.504594])
  })

  it('nesterov: g + 0.9 t = 0.95, -0.07, 3.962, 2.0033', () => {
    close(path(momentum(0.1, { nesterov: true }), 1), [0.905, 0.912, 0.5158, 0.31547])
  })

  // In float64, from the formulas of Kingma & Ba 2015.
  function adamPath(start: number, rate: (t: number) => number, weightDecay = 0): number[] {
    let [w, m, v] = [start, 0, 0]
    return gradients.map((g, i) => {
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + 0.001 * g * g
      const [mHat, vHat] = [m / (1 - 0.9 ** (i + 1)), v / (1 - 0.999 ** (i + 1))]
      w -= rate(i) * (mHat / (Math.sqrt(vHat) + 1e-8) + weightDecay * w)
      return w
    })
  }

  it('adam: the first step is the rate, whatever the gradient', () => {
    close(
      path(adam(0.01), 1),
      adamPath(1, () => 0.01),
    )
    expect(path(adam(0.01), 1)[0]).toBeCloseTo(0.99, 6)
  })

  it('weight decay is in the gradients that momentum adds up, as in PyTorch', () => {
    const decayed = chain(addDecayedWeights(0.1), trace({ nesterov: true }), scale(-0.01))
    close(path(momentum(0.01, { nesterov: true, weightDecay: 0.1 }), 1), path(decayed, 1))
  })

  it('adam with a schedule', () => {
    const expected = adamPath(1, (i) => (i < 2 ? 0.01 : 0.005))
    close(path(adam(step({ initial: 0.01, every: 2 })), 1), expected)
  })

  it('adamw', () => {
    close(
      path(adamw(0.01, { weightDecay: 0.1 }), 1),
      adamPath(1, () => 0.01, 0.1),
    )
  })

  it('adam keeps the mean of tiny gradients', () => {
    const { updates } = scaleByAdam().update(
      { w: tensor(1e-6) },
      scaleByAdam().init({ w: tensor(0) }),
      { step: 0 },
    )
    expect(numbers(updates)[0]).toBeCloseTo(1e-6 / (1e-6 + 1e-8), 4)
  })

  it('clip', () => {
    const { updates } = clip(1).update({ a: tensor([-3, 0.5, 2]) }, {}, { step: 0 })
    expect(numbers(updates)).toEqual([-1, 0.5, 1])
  })

  it('clipByGlobalNorm: 3, 4 over two tensors have a norm of 5', () => {
    const both = { a: tensor([3]), b: tensor([[4]]) }
    const norm = (max: number) =>
      numbers(clipByGlobalNorm(max).update(both, {}, { step: 0 }).updates)
    expect(norm(1)[0]).toBeCloseTo(0.6, 6)
    expect(norm(1)[1]).toBeCloseTo(0.8, 6)
    expect(norm(5)).toEqual([3, 4])
    expect(norm(7.3)).toEqual([3, 4])
  })

  it('clipByGlobalNorm leaves a short gradient as it is, bit by bit', () => {
    const g = [0.1, 1 / 3, -1e-20]
    const { updates } = clipByGlobalNorm(0.7).update({ a: tensor(g) }, {}, { step: 0 })
    expect(numbers(updates)).toEqual([...Float32Array.from(g)])
  })

  it('weight decay without parameters says so', () => {
    const optimizer = adamw(0.1)
    const params = { w: tensor(1) }
    expect(codeOf(() => optimizer.update(params, optimizer.init(params), { step: 0 }))).toBe(
      'core/params-missing',
    )
  })
})

describe('in an inner loop', () => {
  // After one step from w with gradient 2w, the loss is ((1 - 2·rate)·w)².
  it.each([
    ['sgd', sgd(0.1), (1 - 0.2) ** 2],
    ['momentum', momentum(0.1), (1 - 0.2) ** 2],
    ['nesterov momentum', momentum(0.1, { decay: 0.5, nesterov: true }), (1 - 0.3) ** 2],
    ['clipped sgd, not clipping', chain(clipByGlobalNorm(100), sgd(0.1)), (1 - 0.2) ** 2],
  ])('%s is differentiable in the gradients', (_, optimizer, curvature) => {
    const after = (w: Tensor) => {
      const params = { w }
      const gradients = { w: mul(w, 2) }
      const { updates } = optimizer.update(gradients, optimizer.init(params), { step: 0, params })
      return sum(square(applyUpdates(params, updates).w))
    }
    const [a, b] = grad(after)(tensor([3, -1])).dataSync()
    expect(a).toBeCloseTo(2 * curvature * 3, 4)
    expect(b).toBeCloseTo(2 * curvature * -1, 4)
  })

  it('momentum carries the gradient through two steps', () => {
    const optimizer = momentum(0.1, { decay: 0.5 })
    const after = (w: Tensor) => {
      let [params, state] = [{ w }, optimizer.init({ w })]
      for (let i = 0; i < 2; i++) {
        const next = optimizer.update({ w: mul(params.w, 2) }, state, { step: i })
        params = applyUpdates(params, next.updates)
        state = next.state
      }
      return sum(params.w)
    }
    // w1 = w - 0.1·2w; w2 = w1 - 0.1·(2·w1 + 0.5·2w) = 0.54 w
    expect(grad(after)(tensor([2])).dataSync()[0]).toBeCloseTo(0.54, 5)
  })

  it('clipping has a finite gradient at zero', () => {
    const optimizer = clipByGlobalNorm(1)
    const after = (w: Tensor) =>
      sum((optimizer.update({ w }, {}, { step: 0 }).updates as never as { w: Tensor }).w)
    expect([...grad(after)(tensor([0, 0])).dataSync()]).toEqual([1, 1])
  })
})

describe('schedules', () => {
  it('constant', () => {
    expect([0, 1, 1e6].map(constant(0.3).at)).toEqual([0.3, 0.3, 0.3])
  })

  it('step: 1e-3 halved every 2,000, as Snell', () => {
    const { at } = step({ initial: 1e-3, every: 2000, factor: 0.5 })
    expect([0, 1999, 2000, 3999, 4000].map(at)).toEqual([1e-3, 1e-3, 5e-4, 5e-4, 2.5e-4])
  })

  it('piecewise: the rates of MetaOptNet', () => {
    const changes = [
      { at: 20_000, value: 0.006 },
      { at: 50_000, value: 0.00024 },
      { at: 40_000, value: 0.0012 },
    ]
    const { at } = piecewise({ initial: 0.1, changes })
    const steps = [0, 19_999, 20_000, 39_999, 40_000, 50_000, 1e6]
    expect(steps.map(at)).toEqual([0.1, 0.1, 0.006, 0.006, 0.0012, 0.00024, 0.00024])
  })

  it('linear', () => {
    const { at } = linear({ initial: 1, steps: 100, final: 0.2 })
    expect(at(0)).toBe(1)
    expect(at(25)).toBeCloseTo(0.8, 12)
    expect(at(100)).toBeCloseTo(0.2, 12)
    expect(at(1e6)).toBeCloseTo(0.2, 12)
  })

  it('cosine', () => {
    const { at } = cosine({ initial: 1, steps: 100, final: 0.1 })
    expect(at(0)).toBe(1)
    expect(at(50)).toBeCloseTo(0.55, 12)
    expect(at(100)).toBeCloseTo(0.1, 12)
    expect(at(5000)).toBe(at(100))
  })

  it('warm-up', () => {
    const { at } = warmUp({ steps: 4, to: step({ initial: 0.8, every: 10 }) })
    expect([0, 1, 2, 3, 4, 13, 14].map(at)).toEqual([
      0, 0.2, 0.4, 0.6000000000000001, 0.8, 0.8, 0.4,
    ])
    expect(warmUp({ steps: 2, to: 1, from: 0.5 }).at(1)).toBe(0.75)
  })

  it.each([
    constant(0.1),
    step({ initial: 1, every: 3 }),
    piecewise({ initial: 1, changes: [{ at: 2, value: 0.5 }] }),
    linear({ initial: 1, steps: 7, final: 0.5 }),
    cosine({ initial: 1, steps: 7 }),
    warmUp({ steps: 3, to: cosine({ initial: 1, steps: 7 }), from: 0.1 }),
    warmUp({ steps: 3, to: 0.4 }),
  ])('$spec.export is built again from its spec', async (schedule) => {
    const spec = JSON.parse(JSON.stringify(schedule.spec))
    const rebuilt = await fromSpec<typeof schedule>(spec, 'schedule', coreRegistry)
    const steps = [0, 1, 2, 3, 4, 7, 100]
    expect(steps.map(rebuilt.at)).toEqual(steps.map(schedule.at))
    expect(rebuilt.spec).toEqual(schedule.spec)
  })
})

describe('bad options', () => {
  const nothing = undefined as never
  it.each<[string, () => unknown]>([
    ['sgd(-1)', () => sgd(-1)],
    ['sgd(NaN)', () => sgd(Number.NaN)],
    ['sgd()', () => sgd(nothing)],
    ["sgd('0.1')", () => sgd('0.1' as never)],
    ['adam(Infinity)', () => adam(Number.POSITIVE_INFINITY)],
    ['adam, b1 = 1', () => adam(0.1, { b1: 1 })],
    ['adam, b2 < 0', () => adam(0.1, { b2: -0.1 })],
    ['adam, eps = 0', () => adam(0.1, { eps: 0 })],
    ['adamw, weightDecay < 0', () => adamw(0.1, { weightDecay: -1 })],
    ['momentum, decay = 1', () => momentum(0.1, { decay: 1 })],
    ['momentum, weightDecay < 0', () => momentum(0.1, { weightDecay: -1 })],
    [
      'piecewise, a negative value',
      () => piecewise({ initial: 1, changes: [{ at: 2, value: -1 }] }),
    ],
    ['piecewise, half a step', () => piecewise({ initial: 1, changes: [{ at: 0.5, value: 1 }] })],
    ['scale(NaN)', () => scale(Number.NaN)],
    ['scaleBySchedule(no schedule)', () => scaleBySchedule({} as never)],
    ['clip(0)', () => clip(0)],
    ['clip(-1)', () => clip(-1)],
    ['clipByGlobalNorm(0)', () => clipByGlobalNorm(0)],
    ['clipByGlobalNorm(NaN)', () => clipByGlobalNorm(Number.NaN)],
    ['constant()', () => constant(nothing)],
    ['step, every = 0', () => step({ initial: 1, every: 0 })],
    ['step, every = 1.5', () => step({ initial: 1, every: 1.5 })],
    ['step, factor = 0', () => step({ initial: 1, every: 1, factor: 0 })],
    ['linear, steps = 0', () => linear({ initial: 1, steps: 0 })],
    ['linear, final < 0', () => linear({ initial: 1, steps: 1, final: -1 })],
    ['cosine, steps = 0', () => cosine({ initial: 1, steps: 0 })],
    ['cosine, final < 0', () => cosine({ initial: 1, steps: 1, final: -1 })],
    ['warmUp, steps = 0', () => warmUp({ steps: 0, to: 1 })],
    ['warmUp to a negative rate', () => warmUp({ steps: 1, to: -1 })],
  ])('%s', (_, build) => {
    expect(codeOf(build)).toBe('core/bad-option')
  })

  it('name the option and what was expected', () => {
    expect(() => adam(0.1, { b1: 1 })).toThrow(
      'adam with b1 1. Expected: a number of at least 0 and below 1.',
    )
  })
})
