import { maml, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { protonet } from '@kshot/protonet'
import { activate, describeReference } from '@kshot/testkit'
import { type Check, checkCase } from '@kshot/testkit/reference'
import { vectorised } from '@kshot/vmap'
import { beforeAll, describe, expect, it } from 'vitest'
import { node } from './index'

const { available } = await node().available()
// one by one they are in the conformance suite
const kinds = ['maml', 'anil', 'metasgd', 'reptile', 'protonet', 'matching']

describe.skipIf(!available)('libtensorflow (needs the native library)', () => {
  describeReference('learners of all tasks at once against PyTorch float64', kinds, (cases) => {
    beforeAll(() => activate(node()))

    it.each(cases.map((c) => [c.name, c] as const))('%s', async (_, c) => {
      const learners = { maml, metaSgd, reptile, protonet, matching } as never
      const checks = (await checkCase(c, learners, vectorised()))!
      expect(checks.length).toBeGreaterThan(0)
      expect(checks.filter(({ ok }) => !ok)).toEqual<Check[]>([])
    })
  })
})
