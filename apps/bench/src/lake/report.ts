import type { AccuracyScore } from '../result'

/** Lake's one-shot task: errors in per cent, as all its papers have them. */
export interface LakeReport {
  /** Lake's own runs, or runs of the same kind drawn from the evaluation images. */
  readonly runs: 'official' | 'sampled'
  readonly trials: number
  /** The mean over runs, with its 95 % interval. */
  readonly errorPercent: number
  readonly interval: readonly [low: number, high: number]
  /** One a run. */
  readonly errorPercentByRun: readonly number[]
  readonly published: readonly Published[]
}

interface Published {
  readonly name: string
  readonly errorPercent: number
  readonly source: string
}

const LAKE_2015 = 'Lake et al. 2015, Science 350:1332'
const LAKE_2019 = 'Lake et al. 2019, arXiv:1902.03477'

/** On Lake's own runs, learned from `images_background` alone. */
export const PUBLISHED: readonly Published[] = [
  { name: 'people', errorPercent: 4.5, source: LAKE_2015 },
  { name: 'Bayesian Program Learning', errorPercent: 3.3, source: LAKE_2015 },
  { name: 'Siamese network', errorPercent: 8.0, source: 'Koch et al. 2015, ICML workshop' },
  { name: 'convolutional network', errorPercent: 13.5, source: LAKE_2015 },
  { name: 'Prototypical Networks', errorPercent: 13.7, source: LAKE_2019 },
]

/** @param scores the share of right answers in each run, of `perRun` trials */
export function lakeReport(
  test: AccuracyScore,
  scores: readonly number[],
  perRun: number,
  official: boolean,
): LakeReport {
  const [low, high] = test.interval
  return {
    runs: official ? 'official' : 'sampled',
    trials: scores.length * perRun,
    errorPercent: errorOf(test.accuracy),
    interval: [errorOf(high), errorOf(low)],
    errorPercentByRun: scores.map(errorOf),
    published: PUBLISHED,
  }
}

/** Without the last bits of 100 · (1 − 0.95). */
function errorOf(accuracy: number): number {
  return Number((100 * (1 - accuracy)).toFixed(9))
}
