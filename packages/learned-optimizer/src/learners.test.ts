import { conv4 } from '@kshot/core'
import { learnerSuite } from '@kshot/testkit'
import { describe, expect, it } from 'vitest'
import { metaLstm } from './index'

const packages: Record<string, () => Promise<object>> = {
  '@kshot/core': () => import('@kshot/core'),
  '@kshot/learned-optimizer': () => import('./index'),
}
const load = (name: string) => packages[name]!()
const model = conv4({ filters: 4, blocks: 2 })

learnerSuite('metaLstm', metaLstm({ model, ways: 3, steps: 3 }), { load, rate: 2e-2 })

describe('options', () => {
  it.each([
    ['ways', () => metaLstm({ model, ways: 0 })],
    ['steps', () => metaLstm({ model, ways: 5, steps: -1 })],
    ['units', () => metaLstm({ model, ways: 5, units: 1.5 })],
    ['normalisation', () => metaLstm({ model, ways: 5, normalisation: { test: 'running' } })],
  ])('%s is checked', (name, make) => {
    expect(make).toThrow(name)
  })
})
