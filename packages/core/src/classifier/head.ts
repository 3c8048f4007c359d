import { type Tensor, type Tensor2D, tensor } from '@tensorflow/tfjs-core'
import type { Spec } from '../spec'
import type { Params } from '../tree'
import type { Example } from './examples'

/**
 * The examples of each class. A class that has not changed is the same list as before, so what was
 * computed of it can be kept.
 */
export interface Support {
  readonly shape: readonly number[]
  readonly classes: readonly (readonly Example[])[]
}

/** How scores become confidences, and where "none of these" begins. */
export interface Calibration {
  /** β in p = softmax(β · score): the inverse of a temperature. */
  readonly sharpness: number
  /** A query whose best score is lower belongs to none of the classes; −∞ if there is nothing to calibrate by. */
  readonly threshold: number
  /** The width of the uncertain zone around the threshold: the scale of a logistic function. */
  readonly width: number
}

/** Classifies by a few examples of each class. The caller owns the tensors that it returns. */
export interface Head {
  readonly spec: Spec
  /**
   * Decides instead of this head whether a query belongs to any class: the best score of another head.
   * For heads whose scores separate classes well, but members from strangers less well.
   */
  readonly guard?: Head
  /** What it remembers of the examples. */
  fit(support: Support): Params
  /** How well each class fits each query, `[m, ways]`: larger is better. */
  score(fitted: Params, x: Tensor): Tensor2D
  /**
   * What `score` would say of some examples if the head had been fitted without them,
   * `[places, ways]`. Of an example that is alone in its class, its own column means nothing.
   */
  leaveOut(support: Support, places: readonly Place[]): Tensor2D
  /** How scores become confidences, from what {@link leaveOut} said. */
  calibrate(support: Support, heldOut: HeldOut): Calibration
}

/** Points to one example of a support set. */
export interface Place {
  readonly classIndex: number
  readonly index: number
}

/** The scores of examples by a head that has not seen them. */
export interface HeldOut {
  readonly places: readonly Place[]
  /** `[places, ways]`, row by row. */
  readonly scores: ArrayLike<number>
}

/** Examples in a row, `[n, ...shape]`. */
export function stacked(
  examples: readonly Pick<Example, 'values'>[],
  shape: readonly number[],
): Tensor {
  const size = shape.reduce((product, d) => product * d, 1)
  const values = new Float32Array(examples.length * size)
  for (const [i, example] of examples.entries()) values.set(example.values, i * size)
  return tensor(values, [examples.length, ...shape])
}

/** The example of a place. */
export function exampleAt({ classes }: Support, { classIndex, index }: Place): Example {
  return classes[classIndex]![index]!
}

/**
 * At most `limit` examples, spread evenly over all: what is estimated from more changes little, and
 * an app would wait for it.
 */
export function spreadPlaces({ classes }: Support, limit: number): Place[] {
  const all = classes.flatMap((list, classIndex) =>
    list.map((_, index): Place => ({ classIndex, index })),
  )
  if (all.length <= limit) return all
  return Array.from({ length: limit }, (_, i) => all[Math.floor((i * all.length) / limit)]!)
}
