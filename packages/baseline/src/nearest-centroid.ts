// The nearest class mean (Rocchio 1971; Mensink et al. 2013, Distance-Based Image Classification, eq. 1).
import type { MetaLearner, Model } from '@kshot/core'
import { nearestMean } from './centroids'
import { untrained } from './untrained'

export interface NearestCentroidOptions {
  /** `embeddings()` for raw examples; any net, which keeps its initial weights; a frozen network. */
  readonly backbone: Model
}

/**
 * The nearest class mean, without any training: `predict` returns −‖z − c_k‖², `[n, ways]`, with
 * c_k the mean of the features z of class k.
 *
 * On raw pixels it shows how much of a task needs no learning; on an untrained net, how much is
 * due to the architecture. A class without examples is never predicted.
 * @throws `core/no-classes`, `core/one-class`, `core/empty-support`
 * @example
 * const pixels = nearestCentroid({ backbone: embeddings() })
 */
export function nearestCentroid({ backbone }: NearestCentroidOptions): MetaLearner {
  return untrained({
    spec: {
      package: '@kshot/baseline',
      export: 'nearestCentroid',
      options: { backbone: backbone.spec },
    },
    backbone,
    ...nearestMean,
  })
}
