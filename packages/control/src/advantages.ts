// Duan, Chen, Houthooft, Schulman & Abbeel 2016, Benchmarking Deep Reinforcement Learning, arXiv:1604.06778:
// the linear feature baseline; Schulman et al. 2016, arXiv:1506.02438: generalised advantage estimation.
import type { EpisodeOf } from './rollouts'

export interface AdvantageOptions {
  /** γ. Default 0.99. */
  readonly discount?: number
  /** λ of the estimator; 1: returns minus baseline. Default 1. */
  readonly lambda?: number
}

const RIDGE = 1e-5

/**
 * Advantages of all steps of a task's episodes, one after the other: mean 0 and deviation 1.
 *
 * The value of a step is linear in the observation o and the time t / 100: [o, o², t, t², t³, 1], fitted
 * to the discounted returns of these same episodes by least squares.
 */
export function advantages(
  episodes: readonly EpisodeOf[],
  { discount = 0.99, lambda = 1 }: AdvantageOptions = {},
): Float32Array {
  const features = episodes.map(featuresOf)
  const returns = episodes.map(({ rewards }) => discounted(rewards, discount))
  const weights = leastSquares(
    features.flat(),
    returns.flatMap((list) => [...list]),
  )
  const all = episodes.flatMap(({ rewards }, e) => {
    const values = features[e]!.map((row) => dot(row, weights))
    const deltas = Float64Array.from(rewards, (reward, t) => {
      return reward + discount * (values[t + 1] ?? 0) - values[t]!
    })
    return [...discounted(deltas, discount * lambda)]
  })
  const mean = all.reduce((sum, v) => sum + v, 0) / all.length
  const deviation = Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length)
  return Float32Array.from(all, (v) => (v - mean) / (deviation + 1e-8))
}

function featuresOf({ observations, rewards }: EpisodeOf): number[][] {
  const width = observations.length / rewards.length
  return Array.from(rewards, (_, step) => {
    const seen = [...observations.subarray(step * width, (step + 1) * width)]
    const t = step / 100
    return [...seen, ...seen.map((v) => v * v), t, t * t, t * t * t, 1]
  })
}

/** Σ_k dᵏ r_{t+k} for each t. */
function discounted(rewards: ArrayLike<number>, discount: number): Float64Array {
  const sums = new Float64Array(rewards.length)
  let after = 0
  for (let t = rewards.length - 1; t >= 0; t--) {
    after = rewards[t]! + discount * after
    sums[t] = after
  }
  return sums
}

/** (XᵀX + ridge)⁻¹ Xᵀy, by Gauss with pivots. */
function leastSquares(rows: readonly number[][], y: readonly number[]): number[] {
  const d = rows[0]!.length
  const system = Array.from({ length: d }, (_, i) =>
    Array.from({ length: d + 1 }, (_, j) => (i === j ? RIDGE : 0)),
  )
  for (const [r, row] of rows.entries()) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) system[i]![j]! += row[i]! * row[j]!
      system[i]![d]! += row[i]! * y[r]!
    }
  }
  return eliminated(system)
}

function eliminated(system: number[][]): number[] {
  const d = system.length
  for (let k = 0; k < d; k++) {
    const below = system.slice(k).map((row) => Math.abs(row[k]!))
    const pivot = k + below.indexOf(Math.max(...below))
    ;[system[k], system[pivot]] = [system[pivot]!, system[k]!]
    for (let i = 0; i < d; i++) {
      if (i === k) continue
      const factor = system[i]![k]! / system[k]![k]!
      for (let j = k; j <= d; j++) system[i]![j]! -= factor * system[k]![j]!
    }
  }
  return system.map((row, i) => row[d]! / row[i]!)
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, v, i) => sum + v * b[i]!, 0)
}
