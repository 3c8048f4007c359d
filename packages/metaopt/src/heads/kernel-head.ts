import { centroidHead } from '@kshot/core'
import {
  type Calibration,
  classSums,
  fitSharpness,
  type Head,
  type HeldOut,
  heldOutLikelihood,
  nothingUnknown,
  type Place,
  type Similarities,
  type Support,
  sharpnessOfOne,
  similaritiesOf,
  unitRoots,
} from '@kshot/core/head'
import { checkOptions, rate, options as schemaOf } from '@kshot/core/options'
import { add, matMul, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core'
import { type Problem, problemOf } from './problem'

/** Solves a convex problem over the kernel of the examples, regularised by λ or C. */
export interface Solver {
  /** To choose from by leave-one-out. */
  readonly candidates: readonly number[]
  /** Where there is nothing to leave out; fixed on validation classes. */
  readonly usual: number
  /** The coefficients of each class, `[ways][n]`: its weights are Σ_i α_i z_i. */
  solve(problem: Problem, regularisation: number): Float64Array[]
  /** The scores of some examples without each of them, `[examples][ways]`. */
  scoresWithout(
    problem: Problem,
    regularisation: number,
    examples: readonly number[],
  ): Float64Array[]
}

interface Name {
  readonly name: 'ridgeHead' | 'logisticHead' | 'svmHead'
  readonly option: 'lambda' | 'c'
  readonly value: number | undefined
}

/** λ or C is chosen by so many examples at most, of whole classes: more change it little. */
const CHOSEN_BY = 250

/**
 * How many examples the β that is expected is worth: this many, or this share of all; fixed on validation
 * classes. What is left out is judged by a head of one example less a class, which with many classes is
 * much worse.
 */
const SHARPNESS_WEIGHT = { least: 5, share: 0.25 }

type Memory = {
  /** `[ways, d]` */
  readonly weights: Tensor2D
  /** `[1, ways]` */
  readonly bias: Tensor2D
}

/** A linear classifier over z of a frozen encoder, solved in doubles where the examples are: in JavaScript. */
export function kernelHead({ name, option, value }: Name, solver: Solver): Head {
  const options = value === undefined ? {} : { [option]: value }
  checkOptions('metaopt/bad-option', name, schemaOf({ [option]: rate }), options)
  const of = latest((support) => fitted(solver, support, value))
  return {
    spec: {
      package: '@kshot/metaopt',
      export: name,
      options,
    },
    guard: centroidHead(),
    fit: (support) => linear(of(support)),
    score: (memory, x) => scored(memory as Memory, x as Tensor2D),
    leaveOut: (support, places) => leaveOut(solver, of(support), support, places),
    calibrate: (support, heldOut) => calibrate(of(support), support, heldOut),
  }
}

interface Fitted {
  readonly problem: Problem
  readonly regularisation: number
  readonly alpha: readonly Float64Array[]
}

function fitted(solver: Solver, support: Support, value: number | undefined): Fitted {
  const regularisation = value ?? chosen(solver, support)
  const problem = problemOf(support)
  return { problem, regularisation, alpha: solver.solve(problem, regularisation) }
}

/** What a function gave for these classes, if they have not changed since. */
function latest<T>(make: (support: Support) => T): (support: Support) => T {
  let known: { readonly classes: Support['classes']; readonly result: T } | undefined
  return (support) => {
    const { classes } = support
    const isSame =
      known?.classes.length === classes.length &&
      known.classes.every((list, k) => list === classes[k])
    if (!isSame) known = { classes, result: make(support) }
    return known!.result
  }
}

/** The regularisation that makes examples likeliest which it has not seen. */
function chosen(solver: Solver, support: Support): number {
  const some = ofWholeClasses(support)
  const places = placesOf(some).filter(({ classIndex }) => some.classes[classIndex]!.length > 1)
  if (places.length === 0) return solver.usual
  const problem = problemOf(some)
  const likelihoods = solver.candidates.map((regularisation) => {
    const scores = solver.scoresWithout(problem, regularisation, numbersOf(some, places))
    const heldOut = { places, scores: flat(scores) }
    const of = { problem, regularisation, alpha: solver.solve(problem, regularisation) }
    return heldOutLikelihood(some, heldOut, sharpnessOf(of, some, heldOut))
  })
  return solver.candidates[likelihoods.indexOf(Math.max(...likelihoods))]!
}

/** Classes spread evenly over all, as many as have about {@link CHOSEN_BY} examples together. */
function ofWholeClasses({ shape, classes }: Support): Support {
  const share = CHOSEN_BY / classes.flat().length
  const count = Math.max(2, Math.floor(share * classes.length))
  if (count >= classes.length) return { shape, classes }
  const step = classes.length / count
  return { shape, classes: Array.from({ length: count }, (_, i) => classes[Math.floor(i * step)]!) }
}

function linear({ problem: { rows, ways }, alpha }: Fitted): Memory {
  const d = rows[0]!.length
  const weights = new Float32Array(ways * d)
  for (const [k, coefficients] of alpha.entries()) {
    const sum = new Float64Array(d)
    for (const [i, a] of coefficients.entries()) {
      if (a === 0) continue
      const row = rows[i]!
      for (let j = 0; j < d; j++) sum[j]! += a * row[j]!
    }
    weights.set(sum, k * d)
  }
  const bias = alpha.map((coefficients) => coefficients.reduce((sum, a) => sum + a, 0))
  return { weights: tensor2d(weights, [ways, d]), bias: tensor2d(bias, [1, ways]) }
}

function scored({ weights, bias }: Memory, x: Tensor2D): Tensor2D {
  return tidy(() => add(matMul(unitRoots(x), weights, false, true), bias) as Tensor2D)
}

/**
 * An example that is alone in its class has no class without it: its own column says what another
 * member would score, whose cosine with it is that of two examples of one class.
 */
function leaveOut(
  solver: Solver,
  { problem, regularisation, alpha }: Fitted,
  support: Support,
  places: readonly Place[],
): Tensor2D {
  const { within } = similaritiesOf(classSums(support))
  const numbers = numbersOf(support, places)
  const scores = solver.scoresWithout(problem, regularisation, numbers)
  for (const [p, { classIndex }] of places.entries()) {
    if (support.classes[classIndex]!.length > 1) continue
    const i = numbers[p]!
    const seen = scoreOf(problem, alpha[classIndex]!, i)
    scores[p]![classIndex] = seen - (1 - within) * alpha[classIndex]![i]!
  }
  return tensor2d(flat(scores), [places.length, problem.ways])
}

function scoreOf({ n, kernel }: Problem, alpha: Float64Array, i: number): number {
  return alpha.reduce((sum, a, j) => sum + a * kernel[i * n + j]!, 0)
}

function calibrate(of: Fitted, support: Support, heldOut: HeldOut): Calibration {
  return { ...nothingUnknown, sharpness: sharpnessOf(of, support, heldOut) }
}

/**
 * As `centroidHead` has it, in the units of these scores. It was fitted to one example a class less, and grows
 * with the root of their number.
 */
function sharpnessOf(of: Fitted, support: Support, heldOut: HeldOut): number {
  const { n, ways } = of.problem
  const shots = n / ways
  const before = Math.max(shots - 1, 1)
  const similarities = similaritiesOf(classSums(support))
  const cosines = sharpnessOfOne(similarities) * Math.sqrt(before)
  const fitted = fitSharpness(support, heldOut, {
    expected: cosines / Math.max(slopeOf(of, similarities), 1e-9),
    weight: Math.max(SHARPNESS_WEIGHT.least, SHARPNESS_WEIGHT.share * n),
  })
  return fitted * Math.sqrt(Math.max(shots / before, 1))
}

/**
 * How far examples are ahead in their class, for each unit that their cosines are ahead: those with the class, their
 * own 1 among them, of those with other classes.
 */
function slopeOf({ problem, alpha }: Fitted, { within, between }: Similarities): number {
  const { n, ways, labels } = problem
  let lead = 0
  for (const [i, label] of labels.entries()) {
    const scores = alpha.map((a) => scoreOf(problem, a, i))
    const total = scores.reduce((sum, score) => sum + score, 0)
    lead += (scores[label]! - (total - scores[label]!) / (ways - 1)) / n
  }
  const shots = n / ways
  return lead / Math.max((1 + (shots - 1) * within) / shots - between, 0.05)
}

function placesOf({ classes }: Support): Place[] {
  return classes.flatMap((list, classIndex) => list.map((_, index) => ({ classIndex, index })))
}

/** The rows of places, class after class. */
function numbersOf({ classes }: Support, places: readonly Place[]): number[] {
  let next = 0
  const starts = classes.map((list) => {
    next += list.length
    return next - list.length
  })
  return places.map(({ classIndex, index }) => starts[classIndex]! + index)
}

function flat(scores: readonly Float64Array[]): Float32Array {
  const ways = scores[0]!.length
  const values = new Float32Array(scores.length * ways)
  for (const [i, row] of scores.entries()) values.set(row, i * ways)
  return values
}
