// Cover & Hart 1967, Nearest neighbor pattern classification, doi:10.1109/TIT.1967.1053964.
import {
  cast,
  div,
  fill,
  gather,
  greater,
  matMul,
  maximum,
  mul,
  oneHot,
  pad,
  reshape,
  sum,
  type Tensor2D,
  tensor1d,
  tidy,
  topk,
  where,
} from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'
import { unitRoots } from '../nn/similarity'
import { fitSharpness, mean, ownAndOther, thresholdBetween } from './calibration'
import { classSums, sharpnessOfOne, similaritiesOf } from './class-sums'
import type { Calibration } from './head'
import { exampleAt, type Head, type HeldOut, type Place, type Support, stacked } from './head'

export interface NeighboursHeadOptions {
  /** How many nearest examples per class count; all, if the class has fewer. Default 3. */
  readonly k?: number
}

/** How many examples the β that is expected is worth; fixed on validation classes. */
const SHARPNESS_WEIGHT = 5

/** Below every cosine: no example. */
const NOBODY = -2

/**
 * The k nearest examples of each class, for varied classes: a score is
 * the mean of their cosines, of z as in `centroidHead`.
 *
 * A class with many examples has nearer ones by chance: if the numbers are very uneven, use
 * `centroidHead`.
 * @throws `core/bad-option` unless k is a whole number of at least 1
 * @example const classifier = await createClassifier({ encoder, head: neighboursHead({ k: 1 }) })
 */
export function neighboursHead({ k = 3 }: NeighboursHeadOptions = {}): Head {
  checkK(k)
  return {
    spec: { package: '@kshot/core', export: 'neighboursHead', options: { k } },
    fit: (support) => tidy(() => ({ rows: rowsOf(support), slots: slotsOf(support) })),
    score: (fitted, x) =>
      tidy(() => {
        const { rows, slots } = fitted as Memory
        const cosines = matMul(unitRoots(x as Tensor2D), rows, false, true) as Tensor2D
        return nearestMeans(cosines, slots, k)
      }),
    leaveOut: (support, places) => tidy(() => scoresWithoutEach(support, places, k)),
    calibrate,
  }
}

type Memory = {
  /** z of each example, class after class: `[n, d]`. */
  readonly rows: Tensor2D
  /** The rows of each class, n where it has no more: `[ways, most]`. */
  readonly slots: Tensor2D
}

function rowsOf({ shape, classes }: Support): Tensor2D {
  return unitRoots(stacked(classes.flat(), shape) as Tensor2D)
}

function slotsOf({ classes }: Support): Tensor2D {
  const most = Math.max(...classes.map((list) => list.length))
  const n = classes.flat().length
  let next = 0
  const slots = classes.flatMap((list) =>
    Array.from({ length: most }, (_, i) => (i < list.length ? next++ : n)),
  )
  return reshape(tensor1d(slots, 'int32'), [classes.length, most])
}

/** `cosines` `[m, n]` to `[m, ways]`. */
function nearestMeans(cosines: Tensor2D, slots: Tensor2D, k: number): Tensor2D {
  const [m, n] = cosines.shape
  const [ways, most] = slots.shape
  const padded = pad(
    cosines,
    [
      [0, 0],
      [0, 1],
    ],
    NOBODY,
  )
  const byClass = reshape(gather(padded, reshape(slots, [ways * most]), 1), [m, ways, most])
  const { values } = topk(byClass, Math.min(k, most, n))
  const counted = cast(greater(values, NOBODY / 2), 'float32')
  return div(sum(mul(values, counted), 2), maximum(sum(counted, 2), 1)) as Tensor2D
}

function scoresWithoutEach(support: Support, places: readonly Place[], k: number): Tensor2D {
  const rows = rowsOf(support)
  const asked = unitRoots(
    stacked(
      places.map((place) => exampleAt(support, place)),
      support.shape,
    ) as Tensor2D,
  )
  const cosines = matMul(asked, rows, false, true) as Tensor2D
  const starts = startsOf(support)
  const itself = places.map(({ classIndex, index }) => starts[classIndex]! + index)
  const mine = cast(oneHot(tensor1d(itself, 'int32'), rows.shape[0]), 'bool')
  const others = where(mine, fill(cosines.shape, NOBODY), cosines) as Tensor2D
  return nearestMeans(others, slotsOf(support), k)
}

/** The first row of each class. */
function startsOf({ classes }: Support): number[] {
  let next = 0
  return classes.map((list) => {
    const start = next
    next += list.length
    return start
  })
}

function calibrate(support: Support, heldOut: HeldOut): Calibration {
  const similarities = similaritiesOf(classSums(support))
  const { own, bestOther } = ownAndOther(support, heldOut)
  const stranger = mean(bestOther)
  const member = own.length === 0 ? similarities.within : mean(own)
  return {
    sharpness: fitSharpness(support, heldOut, {
      expected: sharpnessOfOne(similarities),
      weight: SHARPNESS_WEIGHT,
    }),
    ...thresholdBetween(stranger, member),
  }
}

function checkK(k: number): void {
  if (Number.isInteger(k) && k > 0) return
  throw new KshotError('core/bad-option', {
    got: `k ${k}`,
    expected: 'a whole number of neighbours, at least 1',
    remedy: 'Leave it out to use 3',
  })
}
