import { conv4 } from '@kshot/core'
import { learnerSuite } from '@kshot/testkit'
import { matching } from './index'

const packages: Record<string, () => Promise<object>> = {
  '@kshot/core': () => import('@kshot/core'),
  '@kshot/matching': () => import('./index'),
}
const load = (name: string) => packages[name]!()
const backbone = conv4({ filters: 8, blocks: 2 })

learnerSuite('matching', matching({ backbone }), { load })
learnerSuite('matching, full context', matching({ backbone, fullContext: 3 }), { load })
