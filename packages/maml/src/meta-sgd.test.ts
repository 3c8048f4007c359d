import { conv4, rng, tree } from '@kshot/core'
import { learnerSuite } from '@kshot/testkit'
import { expect, it } from 'vitest'
import { metaSgd } from './index'
import { load } from './testing'

const model = conv4({ filters: 8, blocks: 2 })

learnerSuite('meta-sgd', metaSgd({ model, initialRate: 0.4 }), { load, gain: 0.08 })

it('draws a rate for each parameter from the range', () => {
  const learner = metaSgd({ model, initialRate: [0.005, 0.1] })
  const { params } = learner.init(rng(1), { inputShape: [8, 8, 1], ways: 3 })
  const { weights, rates } = params as { [part: string]: tree.Params }
  expect(tree.leaves(rates!).map(({ shape }) => shape)).toEqual(
    tree.leaves(weights!).map(({ shape }) => shape),
  )
  const values = tree.leaves(rates!).flatMap((rate) => [...rate.dataSync()])
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0.005)
  expect(Math.max(...values)).toBeLessThanOrEqual(0.1)
  expect(new Set(values).size).toBeGreaterThan(values.length / 2)
})

it('refuses a rate that is none', () => {
  expect(() => metaSgd({ model, initialRate: 0 })).toThrow('initialRate')
  expect(() => metaSgd({ model, initialRate: [0.1, Number.NaN] })).toThrow('initialRate')
})
