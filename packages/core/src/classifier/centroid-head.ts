// Snell, Swersky & Zemel 2017, arXiv:1703.05175: class means. Hu, Gripon & Pateux 2021, arXiv:2006.03806: square roots.
import {
  add,
  div,
  expandDims,
  matMul,
  maximum,
  mul,
  oneHot,
  sqrt,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core'
import { unitRoots } from '../nn/similarity'
import { fitSharpness, mean, ownAndOther, thresholdBetween } from './calibration'
import { classSums, sharpnessOfOne, similaritiesOf } from './class-sums'
import type { Calibration } from './head'
import { exampleAt, type Head, type HeldOut, type Place, type Support, stacked } from './head'

/** How many examples the β that is expected is worth; fixed on validation classes. */
const SHARPNESS_WEIGHT = 5

/**
 * The nearest class mean, for frozen encoders: nothing is trained.
 *
 * - z = √|x| sign x, divided by its length: a few large entries of an embedding say less than many
 * - m_k = the mean of z over the K_k examples of class k
 * - score: cos(z, m_k) · √((1 + (K_k − 1) ρ) / K_k), with ρ the mean cosine of two examples of one
 *   class. The mean of many is nearer to everything than a single example; the root, which is how
 *   long a mean of K_k is, makes classes with few and with many examples equals.
 * @example const classifier = await createClassifier({ encoder, head: centroidHead() })
 */
export function centroidHead(): Head {
  return {
    spec: { package: '@kshot/core', export: 'centroidHead', options: {} },
    fit: (support) => ({ means: scaledMeans(support) }),
    score: (fitted, x) => cosinesTo((fitted as Memory).means, x),
    leaveOut,
    calibrate,
  }
}

type Memory = {
  /** The directions of the class means, each as long as its scale, as columns: `[d, ways]`. */
  readonly means: Tensor2D
}

/** As columns: wasm multiplies by rows 2.5 times more slowly. */
function scaledMeans(support: Support): Tensor2D {
  const sums = classSums(support)
  const { within } = similaritiesOf(sums)
  const d = support.shape[0]!
  const ways = sums.length
  const values = new Float32Array(d * ways)
  for (const [k, { values: total, count, length }] of sums.entries()) {
    const scale = lengthOfMean(count, within) / Math.max(length, 1e-12)
    for (let j = 0; j < d; j++) values[j * ways + k] = total[j]! * scale
  }
  return tensor2d(values, [d, ways])
}

function cosinesTo(means: Tensor2D, x: Tensor): Tensor2D {
  return tidy(() => matMul(unitRoots(x as Tensor2D), means))
}

/** √((1 + (K − 1) ρ) / K): how long the mean of K unit vectors is whose cosines are ρ; 0 of none. */
function lengthOfMean(count: number, within: number): number {
  return count === 0 ? 0 : Math.sqrt(Math.max(1 + (count - 1) * within, 0) / count)
}

/** The mean of a class without z is the direction of Σ z − z. */
function leaveOut(support: Support, places: readonly Place[]): Tensor2D {
  return tidy(() => scoresWithoutEach(support, places))
}

function scoresWithoutEach(support: Support, places: readonly Place[]): Tensor2D {
  const sums = classSums(support)
  const { within } = similaritiesOf(sums)
  const own = places.map(({ classIndex }) => sums[classIndex]!)
  const lengths = tensor1d(own.map(({ length }) => length))
  const scales = tensor1d(own.map(({ count }) => lengthOfMean(count, within)))
  const scalesWithout = tensor1d(own.map(({ count }) => lengthOfMean(count - 1, within)))
  const scores = cosinesTo(
    scaledMeans(support),
    stacked(
      places.map((place) => exampleAt(support, place)),
      support.shape,
    ),
  )
  const labels = tensor1d(
    places.map(({ classIndex }) => classIndex),
    'int32',
  )
  const mine = oneHot(labels, sums.length)
  const seen = sum(mul(scores, mine), 1)
  // z · Σ z
  const product = div(mul(seen, lengths), scales)
  // ‖Σ z − z‖, which is zero of one example, and by rounding may be the root of less.
  const rest = sqrt(maximum(add(sub(mul(lengths, lengths), mul(product, 2)), 1), 1e-6))
  const unseen = mul(div(sub(product, 1), rest), scalesWithout)
  return add(scores, mul(mine, expandDims(sub(unseen, seen), 1)))
}

/**
 * Strangers score as examples do in the best of the other classes, members ρ. The sharpness was
 * fitted to means of one example less: it grows with the root of their number.
 */
function calibrate(support: Support, heldOut: HeldOut): Calibration {
  const similarities = similaritiesOf(classSums(support))
  const { bestOther } = ownAndOther(support, heldOut)
  const stranger = mean(bestOther)
  const shots = support.classes.flat().length / support.classes.length
  const before = Math.max(shots - 1, 1)
  const sharpness = fitSharpness(support, heldOut, {
    expected: sharpnessOfOne(similarities) * Math.sqrt(before),
    weight: SHARPNESS_WEIGHT,
  })
  return {
    sharpness: sharpness * Math.sqrt(Math.max(shots / before, 1)),
    ...thresholdBetween(stranger, similarities.within),
  }
}
