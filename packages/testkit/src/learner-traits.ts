import type { Episode } from '@kshot/core'
import { gather, tensor1d } from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { type FactsOptions, near, predictions } from './learner-facts'

/** Than it was made for. */
const MORE_WAYS = 5

/** What a learner declares of its answers, asserted as declared, true or false. */
export function declaredTraits({ learner, meta, episode }: FactsOptions): void {
  const { traits } = learner
  const predicted = (task: Episode) => predictions(learner, meta(), task)

  it(`any way: ${traits.anyWay}`, () => {
    const task = episode({ ways: MORE_WAYS })
    const claim = () => predicted(task).every((row) => row.length === MORE_WAYS)
    expect(holds(claim)).toBe(traits.anyWay)
  })

  it(`class-equivariant: ${traits.classEquivariant}`, () => {
    const task = episode()
    const moved = [1, 2, 0]
    const relabelled = [...task.support.y.dataSync()].map((label) => moved[label]!)
    const support = { ...task.support, y: tensor1d(relabelled, 'int32') }
    const permuted = predicted({ ...task, support })
    const claim = near(
      predicted(task),
      permuted.map((row) => moved.map((m) => row[m]!)),
    )
    expect(claim).toBe(traits.classEquivariant)
  })

  it(`support order does not matter: ${traits.supportOrderInvariant}`, () => {
    const task = episode()
    const order = tensor1d([5, 2, 0, 4, 1, 3], 'int32')
    const { x, y } = task.support
    const support = { ...task.support, x: gather(x, order), y: gather(y, order) }
    const claim = near(predicted(task), predicted({ ...task, support }))
    expect(claim).toBe(traits.supportOrderInvariant)
  })

  it(`uneven shots: ${traits.unevenShots}`, () => {
    const task = episode({ shotsOfFirst: 4 })
    const claim = () => predicted(task).flat().every(Number.isFinite)
    expect(holds(claim)).toBe(traits.unevenShots)
  })
}

/** Whether a claim is true; one that can't be tried is not. */
function holds(claim: () => boolean): boolean {
  try {
    return claim()
  } catch {
    return false
  }
}
