import { conv4 } from '@kshot/core'
import { learnerSuite, referenceSuite } from '@kshot/testkit'
import { describe, expect, it } from 'vitest'
import { logistic, ridge, svm } from './index'

const packages: Record<string, () => Promise<object>> = {
  '@kshot/core': () => import('@kshot/core'),
  '@kshot/metaopt': () => import('./index'),
}
const load = (name: string) => packages[name]!()
const backbone = conv4({ filters: 8, blocks: 2 })

learnerSuite('ridge', ridge({ backbone }), { load })
learnerSuite('logistic', logistic({ backbone }), { load })
// Its optimum takes a thousand small operations where there is no kernel for equations.
learnerSuite('svm', svm({ backbone: conv4({ filters: 4, blocks: 2 }) }), {
  load,
  steps: 20,
  episodes: 30,
  rate: 2e-2,
})
referenceSuite('ridge against PyTorch float64', ['ridge'], { ridge })

describe('options', () => {
  it.each([
    ['lambda', () => ridge({ backbone, lambda: 0 })],
    ['scale', () => logistic({ backbone, scale: Number.NaN })],
    ['c', () => svm({ backbone, c: -1 })],
    ['ridge', () => svm({ backbone, ridge: 0 })],
  ])('%s has to be positive', (name, make) => {
    expect(make).toThrow(name)
  })
})
