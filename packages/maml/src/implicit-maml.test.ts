import { conv4, type Meta, tree } from '@kshot/core'
import { activate, learnerSuite, relativeError } from '@kshot/testkit'
import { add, mul, tensor } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { implicitMaml, maml } from './index'
import { curve, initial, load, metaGradient, numbers, smooth, train } from './testing'

const model = conv4({ filters: 8, blocks: 2 })

learnerSuite(
  'implicit maml',
  implicitMaml({ model, innerRate: 0.5, steps: 2, lambda: 1, solverSteps: 3 }),
  // gains 0.1 to 0.17; after half the steps rounding decided between 0.01 and 0.26
  { load, gain: 0.06, steps: 160 },
)

describe('implicit maml', () => {
  beforeAll(() => activate('cpu'))
  const inner = { model: smooth, head: 'none', innerRate: 0.1, steps: 300 } as const
  const options = { ...inner, lambda: 0.5 }

  it('is the gradient of the query loss at the minimum, as finite differences see it', async () => {
    const learner = implicitMaml({ ...options, solverSteps: 20 })
    const meta = initial(learner)
    const implicit = await metaGradient(learner, meta)
    // one solver step changes little: what is compared is where the solution lies beyond it
    const rough = await metaGradient(implicitMaml({ ...options, solverSteps: 1 }), meta)
    expect(relativeError(rough, implicit)).toBeGreaterThan(0.05)

    const direction = implicit.map((g, i) => g - rough[i]!)
    const length = Math.hypot(...direction)
    const unit = direction.map((d) => d / length)
    const lossAt = (h: number) => {
      let next = 0
      const params = tree.map((theta) => {
        const part = unit.slice(next, next + theta.size)
        next += theta.size
        return add(theta, mul(tensor(part, theta.shape), h))
      }, meta.params)
      return learner.loss({ ...meta, params }, curve(), train()).loss.dataSync()[0]!
    }
    const h = 0.05
    const seen = (lossAt(h) - lossAt(-h)) / (2 * h)
    const expected = implicit.reduce((sum, g, i) => sum + g * unit[i]!, 0)
    expect(Math.abs(seen - expected)).toBeLessThan(0.02 * Math.abs(expected) + 1e-3)
  })

  it('stays near the meta-parameters when it is held to them', () => {
    const meta = initial(implicitMaml(options))
    const distance = (lambda: number) => {
      const learner = implicitMaml({ ...options, innerRate: 0.01, lambda })
      const adapted = learner.adapt(meta, curve().support, train())
      const after = numbers((adapted as { [part: string]: tree.Params }).params!)
      return Math.hypot(...numbers(meta.params).map((v, i) => v - after[i]!))
    }
    expect(distance(50)).toBeLessThan(distance(0.5) / 3)
  })

  it('is the gradient where the inner loop ends, when it is damped without bounds', async () => {
    const damped = implicitMaml({ ...options, damping: 1e6 })
    const meta = initial(damped)
    const { params } = damped.adapt(meta, curve().support, train()) as unknown as Meta
    const there = await metaGradient(maml({ ...inner, steps: 0 }), { ...meta, params })
    expect(relativeError(await metaGradient(damped, meta), there)).toBeLessThan(1e-4)
    expect(relativeError(await metaGradient(implicitMaml(options), meta), there)).toBeGreaterThan(
      0.05,
    )
  })

  it('refuses what is no option', () => {
    expect(() => implicitMaml({ ...options, lambda: 0 })).toThrow('lambda')
    expect(() => implicitMaml({ ...options, solverSteps: 0 })).toThrow('solverSteps')
    expect(() => implicitMaml({ ...options, damping: -1 })).toThrow('damping')
    expect(() => implicitMaml({ ...options, damping: Number.NaN })).toThrow('damping')
  })
})
