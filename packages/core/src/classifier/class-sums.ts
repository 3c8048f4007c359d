import type { Example } from './examples'
import type { Support } from './head'

/** z = √|x| sign x, divided by its length, of one example. */
export function unitRoot(x: Float32Array): Float64Array {
  // ‖√|x|‖² = Σ |x|
  const length = Math.sqrt(x.reduce((sum, v) => sum + Math.abs(v), 0) + 1e-12)
  return Float64Array.from(x, (v) => (Math.sign(v) * Math.sqrt(Math.abs(v))) / length)
}

/** The sum of z over the examples of a class. */
export interface ClassSum {
  readonly values: Float32Array
  readonly count: number
  /** ‖Σ z‖ */
  readonly length: number
}

// By the list of a class, which is another one when the class changes: adding an example to one
// label sums that label's again, and no other's.
const known = new WeakMap<readonly Example[], ClassSum>()

export function classSums({ classes }: Support): ClassSum[] {
  return classes.map((examples) => {
    const sum = known.get(examples) ?? sumOf(examples)
    known.set(examples, sum)
    return sum
  })
}

function sumOf(examples: readonly Example[]): ClassSum {
  const values = new Float32Array(examples[0]!.values.length)
  for (const example of examples) {
    const z = unitRoot(example.values)
    for (let j = 0; j < z.length; j++) values[j]! += z[j]!
  }
  return { values, count: examples.length, length: Math.sqrt(squaredLength(values)) }
}

function squaredLength(values: Float32Array): number {
  return values.reduce((sum, v) => sum + v * v, 0)
}

/** Mean cosines of two examples. */
export interface Similarities {
  /** ρ: of one class. */
  readonly within: number
  /** Of different classes. */
  readonly between: number
}

/** Fixed on validation classes: where two examples of one class lie, between strangers (0) and equals (1). */
const WITHIN_SHARE = 0.45
/** How many examples that is worth. */
const WITHIN_WEIGHT = 3

/**
 * How alike examples are. Classes with a single example say nothing about `within`; if there are no
 * others it is 0.45 of the way from `between` to 1.
 */
export function similaritiesOf(sums: readonly ClassSum[]): Similarities {
  const between = meanBetween(sums)
  let total = WITHIN_WEIGHT * (between + WITHIN_SHARE * (1 - between))
  let weight = WITHIN_WEIGHT
  for (const { count, length } of sums) {
    if (count < 2) continue
    // ‖Σ z‖² = K + K (K − 1) ρ
    total += (count - 1) * ((length ** 2 / count - 1) / (count - 1))
    weight += count - 1
  }
  return { within: total / weight, between }
}

/** Fixed on validation classes of three encoders, whose best β for one example a class are 18, 24 and 35. */
const SHARPNESS = 17

/** β for cosines with one example a class: the less room there is between strangers and equals, the sharper. */
export function sharpnessOfOne({ between }: Similarities): number {
  return SHARPNESS / Math.max(1 - between, 0.05)
}

/** ‖Σ_k m_k‖² = Σ_k ‖m_k‖² + the products of different classes. */
function meanBetween(sums: readonly ClassSum[]): number {
  const ways = sums.length
  const total = new Float32Array(sums[0]!.values.length)
  let own = 0
  for (const { values, count, length } of sums) {
    own += (length / count) ** 2
    for (let j = 0; j < values.length; j++) total[j]! += values[j]! / count
  }
  return (squaredLength(total) - own) / Math.max(ways * (ways - 1), 1)
}
