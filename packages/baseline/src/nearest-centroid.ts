// The nearest class mean (Rocchio 1971; Mensink et al. 2013, Distance-Based Image Classification, eq. 1).
import type { MetaLearner, Model } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import { nearestMean } from './centroids'
import { nearestCentroidOptions } from './options'
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
 * @throws `baseline/bad-option`, `core/no-classes`, `core/one-class`, `core/empty-support`
 * @example
 * const pixels = nearestCentroid({ backbone: embeddings() })
 */
export function nearestCentroid(options: NearestCentroidOptions): MetaLearner {
  checkOptions('baseline/bad-option', 'nearestCentroid', nearestCentroidOptions, options)
  const { backbone } = options
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
