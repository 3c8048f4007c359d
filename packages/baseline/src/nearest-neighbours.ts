// Cover & Hart 1967, Nearest neighbor pattern classification, doi:10.1109/TIT.1967.1053964.
import { type MetaLearner, type Model, unitRows } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import {
  add,
  div,
  exp,
  expandDims,
  gather,
  log,
  matMul,
  max,
  mul,
  sub,
  sum,
  type Tensor2D,
  topk,
} from '@tensorflow/tfjs-core'
import { nearestNeighboursOptions } from './options'
import { untrained } from './untrained'

export interface NearestNeighboursOptions {
  /** `embeddings()` for raw examples; any net, which keeps its initial weights; a frozen network. */
  readonly backbone: Model
  /** How many neighbours vote; the whole support set, if it has fewer. Default 3. */
  readonly k?: number
}

type Memory = {
  /** The features of the support set, each of length 1: `[n, d]`. */
  readonly rows: Tensor2D
  /** Which class each of them is of: `[n, ways]`. */
  readonly oneHot: Tensor2D
}

/** Less than a vote: it decides between equal numbers of votes, and nothing else. */
const TIE = 0.01

/**
 * The k nearest neighbours by cosine similarity, as in TensorFlow.js' KNN classifier, without any
 * training: `predict` returns log(v_c / k), `[n, ways]`, with v_c the votes for class c.
 *
 * The nearest example breaks ties, where TensorFlow.js takes the first
 * label: v_c is the votes plus 0.01 exp(s_c − 1), s_c the similarity of the nearest example of
 * class c. So no logarithm is of zero, and with one example per class, only the single nearest one
 * counts, whatever k.
 * @throws `baseline/bad-option`, `core/no-classes`, `core/one-class`, `core/empty-support`
 * @example
 * const knn = nearestNeighbours({ backbone: embeddings(), k: 3 })
 */
export function nearestNeighbours(options: NearestNeighboursOptions): MetaLearner {
  checkOptions('baseline/bad-option', 'nearestNeighbours', nearestNeighboursOptions, options)
  const { backbone, k = 3 } = options
  return untrained<Memory>({
    spec: {
      package: '@kshot/baseline',
      export: 'nearestNeighbours',
      options: { backbone: backbone.spec, k },
    },
    backbone,
    remember: (features, oneHot) => ({ rows: unitRows(features), oneHot }),
    score(features, { rows, oneHot }) {
      const similarities = matMul(unitRows(features), rows, false, true) as Tensor2D
      const voters = Math.min(k, rows.shape[0])
      const { indices } = topk(similarities, voters)
      const votes = sum(gather(oneHot, indices), 1)
      const ties = mul(exp(sub(nearestOf(similarities, oneHot), 1)), TIE)
      return log(div(add(votes, ties), voters)) as Tensor2D
    },
  })
}

/** The similarity of the nearest example of each class, `[n, ways]`; −4 for one without examples. */
function nearestOf(similarities: Tensor2D, oneHot: Tensor2D) {
  const own = expandDims(oneHot, 0)
  const shifted = mul(add(expandDims(similarities, 2), 4), own)
  return sub(max(shifted, 1), 4)
}
