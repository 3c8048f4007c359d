import { fromSpec, type MetaLearner, rng } from '@kshot/core'
import { activate, relativeError } from '@kshot/testkit'
import { randomUniform, tensor1d, tile } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { registry } from './registry'
import { toSpec } from './specs'
import { standard } from './standard'

/** With nets of a few filters. */
function small(name: string): Promise<MetaLearner> {
  const learner = JSON.stringify(standard[name]!.learner.pictures)
  const config = JSON.parse(learner.replaceAll('"filters":32', '"filters":4'))
  return fromSpec<MetaLearner>(toSpec(config), 'learner', registry)
}

// A leaderboard tests checkpoints of one shot with five.
describe('standard learners that compare', () => {
  beforeAll(() => activate('cpu'))

  it.each(['protonet', 'matching', 'siamese', 'relation'])(
    '%s: five times the same example a class are that one example',
    async (name) => {
      const learner = await small(name)
      const ctx = { step: 0, rng: rng(1), phase: 'test' } as const
      const meta = learner.init(rng(2), { inputShape: [28, 28, 1], ways: 3 })
      const draw = (n: number, seed: number) => randomUniform([n, 28, 28, 1], 0, 1, 'float32', seed)
      const [support, queries] = [draw(3, 3), draw(4, 4)]
      const logits = (shots: number) => {
        const x = tile(support, [shots, 1, 1, 1])
        const y = tile(tensor1d([0, 1, 2], 'int32'), [shots])
        const adapted = learner.adapt(meta, { x, y, ways: 3 }, ctx)
        return [...learner.predict(meta, adapted, queries, ctx).dataSync()]
      }
      expect(relativeError(logits(5), logits(1))).toBeLessThan(1e-4)
    },
  )
})
