import { wasm } from '@kshot/backend-wasm'
import { adam, type Params, rng, tree, useBackend, valueAndGrad } from '@kshot/core'
import { add, memory, mul, square, sum, tensor2d, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  adaptPolicy,
  advantages,
  arm,
  cartPole,
  type Environment,
  gaussianPolicy,
  navigation,
  policyMaml,
  rollouts,
  stepsOf,
  straightReturn,
  tip,
  trainPolicy,
} from './index'

beforeAll(() => useBackend(wasm()))

const environments: Environment<never>[] = [navigation(), arm(), cartPole()] as never

describe.each(environments.map((one) => [one.name, one] as const))('%s', (_, environment) => {
  const { observations, actions, horizon } = environment
  const still = { std: new Float32Array(actions), mean: () => new Float32Array(actions) }

  it('is a function of task, state, action and generator', () => {
    const policy = { ...still, std: new Float32Array(actions).fill(0.1) }
    const task = environment.task(rng(1))
    const [first] = rollouts(environment, task, policy, 1, rng(2))
    expect(rollouts(environment, task, policy, 3, rng(2))[0]).toEqual(first)
    expect(environment.task(rng(1))).toEqual(task)
    expect(environment.task(rng(2))).not.toEqual(task)
  })

  it('sees as many numbers as it says, and ends', () => {
    const [episode] = rollouts(environment, environment.task(rng(1)), still, 1, rng(2))
    const steps = episode!.rewards.length
    expect(steps).toBeLessThanOrEqual(horizon)
    expect(episode!.observations).toHaveLength(steps * observations)
    expect(episode!.states).toHaveLength(steps + 1)
    expect([...episode!.rewards].every(Number.isFinite)).toBe(true)
  })
})

describe('navigation', () => {
  it('clips steps to 0.1, rewards −distance and ends near the goal', () => {
    const { step } = navigation()
    const goal = { x: 0.3, y: -0.4 }
    const next = step(goal, [0, 0], [5, -0.05], rng(0))
    expect(next.state).toEqual([0.1, -0.05])
    expect(next.reward).toBeCloseTo(-Math.hypot(0.2, 0.35), 10)
    expect(step(goal, [0.3, -0.36], [0, -0.035], rng(0)).done).toBe(true)
    // 0.3, 0.2 and 0.1 away, then there
    expect(straightReturn({ x: 0.4, y: 0 })).toBeCloseTo(-0.6, 6)
  })
})

describe('arm', () => {
  it('has its tip where its links end', () => {
    expect(tip([0.5, 0.3], [0, Math.PI / 2])[0]).toBeCloseTo(0.5, 10)
    expect(tip([0.5, 0.3], [0, Math.PI / 2])[1]).toBeCloseTo(0.3, 10)
  })
})

describe('cartPole', () => {
  it('falls without a push, sooner if the pole is short', () => {
    const { step } = cartPole()
    const falls = (length: number) => {
      let state: readonly number[] = [0, 0, 0.05, 0]
      for (let t = 1; ; t++) {
        const next = step({ mass: 0.1, length }, state, [0], rng(0))
        if (next.done) return t
        state = next.state
      }
    }
    expect(falls(0.3)).toBeLessThan(falls(0.9))
  })
})

describe('gaussianPolicy', () => {
  it('computes the same in plain numbers as in tensors', () => {
    tidy(() => {
      const policy = gaussianPolicy({ observations: 3, actions: 2, hidden: [5, 4], std: 0.7 })
      const params = policy.init(rng(1))
      const seen = [0.3, -1, 2]
      const { mean, std } = policy.numbers(params)
      const action = [0.5, -0.2]
      const density = action.reduce((all, a, k) => {
        const z = (a - mean(seen)[k]!) / std[k]!
        return all - 0.5 * z * z - Math.log(std[k]!) - 0.5 * Math.log(2 * Math.PI)
      }, 0)
      const [found] = policy.logProb(params, tensor2d([seen]), tensor2d([action])).dataSync()
      expect(found).toBeCloseTo(density, 4)
    })
  })
})

describe('advantages', () => {
  it('are what the features of observation and time leave of the returns', () => {
    const episode = (observations: number[], rewards: number[]) => ({
      observations: Float32Array.from(observations),
      actions: new Float32Array(rewards.length),
      rewards: Float32Array.from(rewards),
      states: [],
    })
    const found = advantages([episode([0, 0, 0], [0, 0, 1]), episode([0, 0, 0], [0, 0, -1])])
    expect(found.reduce((all, v) => all + v, 0)).toBeCloseTo(0, 4)
    // the same observations and times: only luck differs
    expect([...found].map(Math.sign)).toEqual([1, 1, 1, -1, -1, -1])
  })
})

describe('policyMaml', () => {
  const environment = navigation()
  const policy = gaussianPolicy({ observations: 2, actions: 2, hidden: [4], std: 0.1 })
  const learner = policyMaml({ policy, innerRate: 0.05 })

  it('has the gradient of its loss, through the inner step, along a direction', () => {
    tidy(() => {
      const params = policy.init(rng(1))
      const task = environment.task(rng(1))
      const of = (seed: number) =>
        stepsOf(policy, params, rollouts(environment, task, policy.numbers(params), 2, rng(seed)))
      const before = of(1)
      const after = of(2)
      // as if the adapted policy had sampled them, so that no ratio is clipped
      const { observations, actions } = after
      const logProb = policy.logProb(learner.adapt(params, before), observations, actions)
      const drawn = { before, after: { ...after, logProb } }
      const ctx = { step: 0, rng: rng(0), phase: 'train' as const }
      const lossAt = (p: Params) => learner.loss({ params: p, state: {} }, drawn, ctx).loss
      const { gradient } = valueAndGrad((p: Params) => ({ value: lossAt(p), aux: {} }))(params)
      const squares = tree
        .leaves(gradient)
        .reduce((all, g) => all + sum(square(g)).dataSync()[0]!, 0)
      const norm = Math.sqrt(squares)
      const step = 1e-3
      const [up, down] = [step, -step].map((s) => {
        const there = tree.zip(([p, g]) => add(p!, mul(g!, s / norm)), params, gradient)
        return lossAt(there).dataSync()[0]!
      })
      expect((up! - down!) / (2 * step) / norm).toBeCloseTo(1, 1)
    })
  })

  it('trains and adapts, the same with the same seed, and leaves no tensor', async () => {
    const before = memory().numTensors
    const run = async () => {
      const meta = await trainPolicy({
        environment,
        learner,
        optimizer: adam(1e-3),
        iterations: 2,
        tasks: 2,
        episodes: 2,
        epochs: 1,
        seed: 3,
      })
      const task = environment.task(rng(9))
      const how = { steps: 2, episodes: 2, rng: rng(1) }
      const { returns } = adaptPolicy(environment, learner, meta.params, task, how)
      tree.dispose(meta.params)
      return returns
    }
    const first = await run()
    expect(first).toHaveLength(3)
    expect(await run()).toEqual(first)
    expect(memory().numTensors).toBe(before)
  })
})
