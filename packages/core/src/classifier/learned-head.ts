import { concat, gather, slice, type Tensor, type Tensor2D, tensor1d } from '@tensorflow/tfjs-core'
import type { AnyLearner, Context, Meta } from '../learner'
import { checkMeta } from '../meta-shapes'
import type { Recorded } from '../program/recorded'
import type { TaskSpec } from '../task'
import * as tree from '../tree'
import { fitSharpness, mean, nothingUnknown, ownAndOther, thresholdBetween } from './calibration'
import type { Example } from './examples'
import type { Calibration } from './head'
import { exampleAt, type Head, type HeldOut, type Place, type Support, stacked } from './head'

/** More would keep an app waiting, and change the calibration little. */
const FOLDS = 5

/** The logits of a learner are trained to be log-probabilities. */
const SHARPNESS = { expected: 1, weight: 5 }

/**
 * A learner, with what it has learned from tasks, as a head. `meta` is borrowed.
 *
 * A transductive learner normalises the queries together, and one query is no batch: it is asked
 * among the examples.
 */
export function learnedHead(
  learner: AnyLearner,
  meta: Meta,
  ctx: Context,
  recorded: Recorded,
): Head {
  const { transductive } = learner.traits
  const checkFits = checkOnce(learner, meta)

  const fit = ({ shape, classes }: Support) =>
    tree.tidy((): tree.Params => {
      checkFits({ inputShape: shape, ways: learner.traits.fixedWays ?? classes.length })
      const x = stacked(classes.flat(), shape)
      const labels = classes.flatMap((list, label) => list.map(() => label))
      const batch = { x, y: tensor1d(labels, 'int32'), ways: classes.length }
      const adapted = recorded('adapt', { meta, batch }, [ctx], ([own]) =>
        learner.adapt(meta, batch, own!),
      )
      return transductive ? { adapted, examples: x } : { adapted }
    })

  const score: Head['score'] = (fitted, x) =>
    tree.tidy(() => {
      const { adapted, examples } = fitted as { adapted: tree.Params; examples?: Tensor }
      const ask = (x: Tensor) =>
        recorded('predict', { meta, adapted, x }, [ctx], ([own]) =>
          learner.predict(meta, adapted, x, own!),
        ) as Tensor2D
      if (!examples) return ask(x)
      const queries = Array.from({ length: x.shape[0]! }, (_, i) => slice(x, i, 1))
      return concat(queries.map((query) => slice(ask(concat([query, examples])), 0, 1)))
    })

  return {
    spec: learner.spec,
    fit,
    score,
    leaveOut: (support, places) => inFolds({ fit, score }, support, places),
    calibrate,
  }
}

/** Parameters of other examples would fail somewhere in the net, or answer nonsense. */
function checkOnce(learner: AnyLearner, meta: Meta): (tasks: TaskSpec) => void {
  let known = ''
  return (tasks) => {
    const { inputShape } = tasks
    if (inputShape.join() === known) return
    checkMeta(learner, meta, tasks)
    known = inputShape.join()
  }
}

/** Leaves out every fifth example of each class at a time: one by one would cost as many fits. */
function inFolds(
  { fit, score }: Pick<Head, 'fit' | 'score'>,
  support: Support,
  places: readonly Place[],
): Tensor2D {
  return tree.tidy(() => {
    const scored: Tensor2D[] = []
    const order: number[] = []
    for (let fold = 0; fold < FOLDS; fold++) {
      const asked = places.flatMap((place, i) => (place.index % FOLDS === fold ? [i] : []))
      if (asked.length === 0) continue
      const classes = support.classes.map((list) => withoutFold(list, fold))
      const queries = asked.map((i) => exampleAt(support, places[i]!))
      const fitted = fit({ shape: support.shape, classes })
      scored.push(score(fitted, stacked(queries, support.shape)))
      order.push(...asked)
    }
    const back = places.map((_, i) => order.indexOf(i))
    return gather(concat(scored), tensor1d(back, 'int32'))
  })
}

/** An example that is alone in its class stays, so that the class does. */
function withoutFold(list: readonly Example[], fold: number): readonly Example[] {
  return list.length === 1 ? list : list.filter((_, index) => index % FOLDS !== fold)
}

/** With one example per class there is nothing that tells how high a member scores. */
function calibrate(support: Support, heldOut: HeldOut): Calibration {
  const { own, bestOther } = ownAndOther(support, heldOut)
  const sharpness = fitSharpness(support, heldOut, SHARPNESS)
  if (own.length === 0) return { sharpness, ...nothingUnknown }
  return { sharpness, ...thresholdBetween(mean(bestOther), mean(own)) }
}
