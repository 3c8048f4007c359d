import type { Calibration } from './head'
import type { Label } from './label'

/** A label and how sure it is. */
export interface Ranked {
  readonly label: Label
  /** The probability of this label, if the query belongs to one of them, 0 … 1. */
  readonly confidence: number
}

export interface Prediction {
  /** The likeliest label; `null`: none of these. */
  readonly label: Label | null
  /** How sure the answer is, 0 … 1: the probability of the label, or of none of them. */
  readonly confidence: number
  /** Every label, likeliest first; their confidences sum to 1. */
  readonly ranking: readonly Ranked[]
}

/**
 * A query's scores as probabilities.
 *
 * - of class k, if it is one of them: p_k ∝ π_k exp(β s_k), with the prior π
 * - that it is none of them: σ((threshold − f) / width), with the familiarity f; from ½ on the label is null
 */
export function predictionOf(
  scores: ArrayLike<number>,
  labels: readonly Label[],
  familiarity: number,
  { sharpness, threshold, width }: Calibration,
  prior: readonly number[],
): Prediction {
  const confidences = softmax(scores, sharpness, prior)
  const ranking = Array.from(confidences.keys())
    .sort((a, b) => confidences[b]! - confidences[a]!)
    .map((k) => ({ label: labels[k]!, confidence: confidences[k]! }))
  if (familiarity >= threshold) return { ...ranking[0]!, ranking }
  const confidence = 1 / (1 + Math.exp((familiarity - threshold) / width))
  return { label: null, confidence, ranking }
}

/** π_k exp(β s_k), divided by their sum. */
function softmax(
  scores: ArrayLike<number>,
  sharpness: number,
  prior: readonly number[],
): Float64Array {
  let best = Number.NEGATIVE_INFINITY
  for (let k = 0; k < prior.length; k++) best = Math.max(best, scores[k]!)
  let total = 0
  const weights = new Float64Array(prior.length)
  for (let k = 0; k < prior.length; k++) {
    weights[k] = prior[k]! * Math.exp(sharpness * (scores[k]! - best))
    total += weights[k]!
  }
  return weights.map((weight) => weight / total)
}
