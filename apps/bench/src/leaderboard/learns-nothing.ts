import { disposeTask, type Encoder, fromSpec, type MetaLearner, rng, tree } from '@kshot/core'
import { encoderOf } from '../catalogue/encoders'
import { registry } from '../catalogue/registry'
import { schemaOf } from '../catalogue/roles'
import { buildLearner } from '../catalogue/specs'
import type { Examples } from '../catalogue/standard'
import { checked } from '../checking/checked'
import { learnerEntries } from './entries'
import type { Leaderboard } from './schema'

/**
 * Whether all learners of a leaderboard are tested as they are: then it needs no classes to train on.
 * What can't be told is told where the learner meets its setting.
 */
export async function allLearnNothing(
  board: Leaderboard,
  examples: Examples,
  inputShape: readonly number[],
): Promise<boolean> {
  try {
    for (const { learner: raw, untrained } of learnerEntries(board, examples)) {
      if (untrained) continue
      const learner = checked(schemaOf('learner'), raw) as { readonly name: string }
      if (!(await learnsNothing(await buildLearner({ learner }), inputShape))) return false
    }
    return true
  } catch {
    return false
  }
}

/** Whether there is nothing in a learner to learn: it says so, or has no parameters. */
export async function learnsNothing(
  learner: MetaLearner,
  inputShape: readonly number[],
): Promise<boolean> {
  if (learner.trainsOn === 'nothing') return true
  const { net } = learner.traits
  if (net?.export !== 'embeddings' || net.options.net) return false
  const encoder = encoderOf(learner.spec)
  const d = encoder && (await fromSpec<Encoder>(encoder, 'encoder', registry)).dimensions
  try {
    const meta = learner.init(rng(0), { inputShape: d === undefined ? inputShape : [d] })
    const parameters = tree.count(meta.params)
    disposeTask(meta)
    return parameters === 0
  } catch {
    // Parameters are tensors, and where cells are planned there may be no backend to make one.
    return false
  }
}
