import {
  type Batch,
  type Context,
  type Meta,
  type MetaLearner,
  oneHotLabels,
  type Params,
  presentClasses,
  tree,
} from '@kshot/core'
import { tidy } from '@tensorflow/tfjs-core'
import type { AdaptedWeights, Network } from './network'

/**
 * `adapt` and `predict` of a learner with an inner loop.
 * @param adapted what the inner loop makes of a support set
 * @param innerStep how many steps were done when queries come; chooses rows of per-step batch norm
 */
export function adaptation(
  network: Network,
  adapted: (meta: Meta, support: Batch, ctx: Context) => AdaptedWeights,
  innerStep: number,
): Pick<MetaLearner, 'adapt' | 'predict'> {
  return {
    adapt: (meta, support, ctx) =>
      tree.tidy(
        (): Params => tree.clone({ ...adapted(meta, support, ctx), ...presentOf(support) }),
      ),
    predict: (_, adapted, x, { phase }) =>
      tidy(() => network.predict(adapted as AdaptedWeights, x, { phase, innerStep })),
  }
}

function presentOf(support: Batch): Pick<AdaptedWeights, 'present'> {
  return support.ways === undefined ? {} : { present: presentClasses(oneHotLabels(support)) }
}
