import { type Batch, disposeTask, type Episode } from '@kshot/core'
import { slice, tensor1d } from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { codeOf } from './errors'
import { type FactsOptions, predictions, testing } from './learner-facts'

/** What every learner answers alike about a support set that lacks something. */
export function supportSetRules({ learner, meta, episode }: FactsOptions): void {
  const refusal = (change: (support: Batch) => Batch) => {
    const { support } = episode()
    return codeOf(() => disposeTask(learner.adapt(meta(), change(support), testing())))
  }

  it('rejects a support set without a number of classes', () => {
    expect(refusal(({ x, y }) => ({ x, y }))).toBe('core/no-classes')
  })

  it('rejects a support set of one class', () => {
    expect(refusal((support) => ({ ...support, ways: 1 }))).toBe('core/one-class')
  })

  it('rejects a support set without examples', () => {
    const empty = ({ x, y, ways }: Batch) => ({ x: slice(x, 0, 0), y: slice(y, 0, 0), ways: ways! })
    expect(refusal(empty)).toBe('core/empty-support')
  })

  it('never predicts a class without examples, and gives the others their logits', () => {
    const task = episode()
    const rows = predictions(learner, meta(), withoutClass(task, 1))
    for (const row of rows) {
      expect(row[1]).toBe(-1e9)
      const others = row.filter((_, label) => label !== 1)
      expect(others.every((logit) => Math.abs(logit) < 1e6)).toBe(true)
    }
  })
}

/** An episode whose support examples of one class are said to be of the class before it. */
function withoutClass({ support, ...rest }: Episode, label: number): Episode {
  const labels = [...support.y.dataSync()].map((own) => (own === label ? own - 1 : own))
  return { ...rest, support: { ...support, y: tensor1d(labels, 'int32') } }
}
