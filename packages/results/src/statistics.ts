import tCdf from '@stdlib/stats-base-dists-t-cdf'
import tQuantile from '@stdlib/stats-base-dists-t-quantile'

/** A mean with the 95 % interval of Student's t. */
export interface TInterval {
  readonly mean: number
  /** NaN for one value, or none. */
  readonly halfWidth: number
  readonly interval: readonly [low: number, high: number]
  readonly degreesOfFreedom: number
}

/** The difference between two learners on the same episodes. */
export interface Difference extends TInterval {
  /** Two-sided p value of the paired t test: how often chance would give so large a difference. */
  readonly p: number
}

/** The input of a ranking: for each seed of a learner, the score of each episode, in the same order. */
export interface LearnerScores {
  readonly name: string
  readonly scores: readonly (readonly number[])[]
}

/** Two learners of a ranking; `difference` is the first's minus the second's. */
export interface Comparison {
  readonly first: string
  readonly second: string
  readonly difference: Difference
  /** Holm-adjusted for all comparisons in the ranking. */
  readonly adjustedP: number
  /** `adjustedP` is below 0.05. A statement about these checkpoints, conditional on the trained seeds. */
  readonly significant: boolean
  /** The same over seeds, only from {@link SEEDS_FOR_CLAIMS} on: a statement about the learners. */
  readonly overSeeds: { readonly difference: Difference; readonly adjustedP: number } | undefined
}

export interface Ranked {
  readonly name: string
  /** One more than the number of learners that are significantly better. */
  readonly rank: number
  readonly seeds: number
  readonly episodes: number
  /** Over episodes, each the mean over the seeds first. */
  readonly overEpisodes: TInterval
  /** The accuracy of each seed. */
  readonly bySeed: readonly number[]
  /** Over the seeds' accuracies; undefined for one seed. */
  readonly overSeeds: TInterval | undefined
}

export interface Ranking {
  /** By rank, then by accuracy. */
  readonly ranked: readonly Ranked[]
  /** All pairs. */
  readonly comparisons: readonly Comparison[]
  /** What a significant difference is a claim about: `learners` only from {@link SEEDS_FOR_CLAIMS} seeds on. */
  readonly claim: 'checkpoints' | 'learners'
}

export const CONFIDENCE = 0.95
/** Fewer seeds say nothing about a learner, only about its checkpoints. */
export const SEEDS_FOR_CLAIMS = 5
/** Fewer test episodes are too few for a ranking; such a table is marked. */
export const EPISODES_FOR_A_RANKING = 600

/**
 * Mean ± t · s / √n, with s² = Σ (vᵢ − mean)² / (n − 1) and t the 97.5 % quantile of Student's t with
 * n − 1 degrees of freedom.
 * @example tInterval([0.9, 0.8, 1]).halfWidth // 0.248…
 */
export function tInterval(values: readonly number[]): TInterval {
  const { mean, error, degreesOfFreedom } = moments(values)
  const halfWidth = error * tQuantile((1 + CONFIDENCE) / 2, degreesOfFreedom)
  return { mean, halfWidth, interval: [mean - halfWidth, mean + halfWidth], degreesOfFreedom }
}

/**
 * The paired t interval of a − b: that of the differences, value by value.
 * @throws RangeError unless both have the same number of values
 */
export function pairedDifference(a: readonly number[], b: readonly number[]): Difference {
  if (a.length !== b.length) throw new RangeError(`${a.length} values beside ${b.length}`)
  const differences = a.map((value, i) => value - b[i]!)
  const { mean, error, degreesOfFreedom } = moments(differences)
  // Equal in every episode: no difference, and no spread to divide by.
  const p = mean === 0 ? 1 : 2 * tCdf(-Math.abs(mean / error), degreesOfFreedom)
  return { ...tInterval(differences), p }
}

/**
 * p values adjusted for their number (Holm 1979): the i-th smallest of m is multiplied by m − i + 1,
 * none may be below one that was smaller, none above 1. In the order they came in.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i]! - pValues[j]!)
  const adjusted = new Array<number>(pValues.length)
  let largest = 0
  for (const [place, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, pValues[i]! * (pValues.length - place)))
    adjusted[i] = largest
  }
  return adjusted
}

/** Each episode's mean over the seeds. */
export function meanOverSeeds(scores: readonly (readonly number[])[]): number[] {
  return scores[0]!.map((_, i) => scores.reduce((sum, seed) => sum + seed[i]!, 0) / scores.length)
}

/**
 * Ranks learners that were tested on the same episodes: all pairs by the paired t test over episodes,
 * each the mean over the seeds first, Holm-adjusted; rank = 1 + the number of those significantly better.
 * @throws RangeError unless all have the same number of episodes
 */
export function rank(learners: readonly LearnerScores[]): Ranking {
  const means = learners.map(({ scores }) => meanOverSeeds(scores))
  const pairs = learners.flatMap((_, i) => learners.slice(i + 1).map((_, j) => [i, i + 1 + j]))
  const differences = pairs.map(([i, j]) => pairedDifference(means[i!]!, means[j!]!))
  const adjusted = holm(differences.map(({ p }) => p))
  const claims = claimsOverSeeds(learners, pairs as [number, number][])
  const comparisons = pairs.map(([i, j], k) => ({
    first: learners[i!]!.name,
    second: learners[j!]!.name,
    difference: differences[k]!,
    adjustedP: adjusted[k]!,
    significant: adjusted[k]! < 1 - CONFIDENCE,
    overSeeds: claims?.[k],
  }))
  const ranked = learners.map((learner, i) => rankedOf(learner, means[i]!, comparisons))
  const byRank = (a: Ranked, b: Ranked) =>
    a.rank - b.rank || b.overEpisodes.mean - a.overEpisodes.mean || (a.name < b.name ? -1 : 1)
  return { ranked: ranked.sort(byRank), comparisons, claim: claims ? 'learners' : 'checkpoints' }
}

function rankedOf(
  { name, scores }: LearnerScores,
  means: readonly number[],
  comparisons: readonly Comparison[],
): Ranked {
  const better = comparisons.filter(
    ({ first, second, difference: { mean }, significant }) =>
      significant && ((first === name && mean < 0) || (second === name && mean > 0)),
  )
  const seedMeans = scores.map((values) => moments(values).mean)
  return {
    name,
    rank: 1 + better.length,
    seeds: scores.length,
    episodes: means.length,
    overEpisodes: tInterval(means),
    bySeed: seedMeans,
    overSeeds: scores.length > 1 ? tInterval(seedMeans) : undefined,
  }
}

/** The pairs compared seed by seed, if there are enough seeds. */
function claimsOverSeeds(
  learners: readonly LearnerScores[],
  pairs: readonly (readonly [number, number])[],
): { difference: Difference; adjustedP: number }[] | undefined {
  if (learners.some(({ scores }) => scores.length < SEEDS_FOR_CLAIMS)) return undefined
  if (new Set(learners.map(({ scores }) => scores.length)).size > 1) return undefined
  const means = learners.map(({ scores }) => scores.map((values) => moments(values).mean))
  const differences = pairs.map(([i, j]) => pairedDifference(means[i]!, means[j]!))
  const adjusted = holm(differences.map(({ p }) => p))
  return differences.map((difference, k) => ({ difference, adjustedP: adjusted[k]! }))
}

/** The mean and its standard error s / √n; NaN for one value. */
export function moments(values: readonly number[]) {
  const n = values.length
  const mean = values.reduce((sum, v) => sum + v, 0) / n
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0)
  return { mean, error: Math.sqrt(squares / (n - 1) / n), degreesOfFreedom: n - 1 }
}
