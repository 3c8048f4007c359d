// Guo, Pleiss, Sun & Weinberger 2017, On Calibration of Modern Neural Networks, arXiv:1706.04599: temperature.
import type { Calibration, HeldOut, Support } from './head'

/** The scores of held-out examples, for their own class and the best of the others. */
export interface OwnAndOther {
  /** Of examples that are not alone in their class. */
  readonly own: readonly number[]
  readonly bestOther: readonly number[]
}

export function ownAndOther(support: Support, { places, scores }: HeldOut): OwnAndOther {
  const ways = support.classes.length
  const own: number[] = []
  const bestOther: number[] = []
  for (const [i, { classIndex }] of places.entries()) {
    let best = Number.NEGATIVE_INFINITY
    for (let k = 0; k < ways; k++) {
      if (k !== classIndex) best = Math.max(best, scores[i * ways + k]!)
    }
    bestOther.push(best)
    if (support.classes[classIndex]!.length > 1) own.push(scores[i * ways + classIndex]!)
  }
  return { own, bestOther }
}

/** How far from the scores of strangers to those of a class the threshold lies. */
const SHARE = 0.4

/**
 * The threshold between strangers, who score like examples in the best of the other classes, and
 * members of a class.
 *
 * Chosen on validation classes: 0.4 of the way keeps most members; one half would reject more strangers.
 */
export function thresholdBetween(
  stranger: number,
  member: number,
): Pick<Calibration, 'threshold' | 'width'> {
  const gap = Math.max(member - stranger, 1e-6)
  return { threshold: stranger + SHARE * gap, width: gap / 6 }
}

/** If there is nothing to calibrate by, everything belongs to one of the classes. */
export const nothingUnknown = { threshold: Number.NEGATIVE_INFINITY, width: 1 }

export interface SharpnessPrior {
  /** β where there are too few examples to tell. */
  readonly expected: number
  /** How many examples that is worth. */
  readonly weight: number
}

/**
 * The β that makes the held-out examples likeliest: the maximum of
 * Σ_i log softmax(β s_i)[y_i] − ½ weight (log β − log expected)².
 */
export function fitSharpness(support: Support, heldOut: HeldOut, prior: SharpnessPrior): number {
  const rows = rowsToLearnFrom(support, heldOut)
  const cost = (logBeta: number) =>
    (prior.weight / 2) * (logBeta - Math.log(prior.expected)) ** 2 -
    rows.reduce((sum, row) => sum + logLikelihood(row, Math.exp(logBeta)), 0)
  const middle = Math.log(prior.expected)
  return Math.exp(minimum(cost, middle - 2, middle + 2))
}

/** Σ_i log softmax(β s_i)[y_i] over the held-out examples that are not alone in their class. */
export function heldOutLikelihood(support: Support, heldOut: HeldOut, sharpness: number): number {
  return rowsToLearnFrom(support, heldOut).reduce(
    (sum, row) => sum + logLikelihood(row, sharpness),
    0,
  )
}

interface Row {
  readonly scores: readonly number[]
  readonly label: number
}

function rowsToLearnFrom({ classes }: Support, { places, scores }: HeldOut): Row[] {
  const ways = classes.length
  return places.flatMap(({ classIndex }, i) => {
    if (classes[classIndex]!.length < 2) return []
    const row = Array.from({ length: ways }, (_, k) => scores[i * ways + k]!)
    return [{ scores: row, label: classIndex }]
  })
}

function logLikelihood({ scores, label }: Row, beta: number): number {
  const best = scores.reduce((a, b) => Math.max(a, b))
  const total = scores.reduce((sum, s) => sum + Math.exp(beta * (s - best)), 0)
  return beta * (scores[label]! - best) - Math.log(total)
}

/** Of a function with one minimum, by golden sections, to a thousandth. */
function minimum(f: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  let [a, b] = [low, high]
  while (b - a > 1e-3) {
    const [x, y] = [b - ratio * (b - a), a + ratio * (b - a)]
    if (f(x) < f(y)) b = y
    else a = x
  }
  return (a + b) / 2
}

export function mean(values: readonly number[]): number {
  return values.reduce((total, v) => total + v, 0) / values.length
}
