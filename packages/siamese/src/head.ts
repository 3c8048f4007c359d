import type { Params, Rng, Weights } from '@kshot/core'
import { batchNorm, dense, type Initializer, series } from '@kshot/core/nn'
import { fill, type Tensor } from '@tensorflow/tfjs-core'

/** See `SiameseOptions.headInit`. */
export type HeadInit = Initializer | 'distance'

/**
 * The last layer, over distances `[n, d]`: log-odds z = γ (α · |h1 − h2| + b − μ) / s + β, `[n, 1]`.
 *
 * μ and s are the mean and the standard deviation over a batch of pairs, half of which show one class;
 * afterwards the running ones. So log-odds start even whatever the scale of the embeddings, where
 * a plain b has to travel to the mean distance first. Once trained, z is again one weighted L1 distance
 * and one offset, as in the paper.
 */
export const head = layers('zeros')

/** γ at first: log-odds of ±3, chances of 95 and 5 %. */
const SPREAD = 3

export function initialHead(rng: Rng, features: number, how: HeadInit): Weights {
  const constant = { normal: 0, mean: -1 / Math.sqrt(features) }
  const { params, state } = layers(how === 'distance' ? constant : how).init(rng, [features])
  const [dense, norm] = params as [Params, { readonly gamma: Tensor; readonly beta: Tensor }]
  norm.gamma.dispose()
  return { params: [dense, { ...norm, gamma: fill([1], SPREAD) }], state }
}

function layers(weightInit: Initializer) {
  return series([dense({ units: 1, weightInit, biasInit: 'zeros' }), batchNorm()])
}
