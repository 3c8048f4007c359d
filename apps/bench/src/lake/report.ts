import type { AccuracyScore, LakeReport } from '@kshot/results'

const LAKE_2015 = 'Lake et al. 2015, Science 350:1332'
const LAKE_2019 = 'Lake et al. 2019, arXiv:1902.03477'

/** On Lake's own runs, learned from `images_background` alone. */
export const PUBLISHED: LakeReport['published'] = [
  { name: 'people', errorPercent: 4.5, source: LAKE_2015 },
  { name: 'Bayesian Program Learning', errorPercent: 3.3, source: LAKE_2015 },
  { name: 'Siamese network', errorPercent: 8.0, source: 'Koch et al. 2015, ICML workshop' },
  { name: 'convolutional network', errorPercent: 13.5, source: LAKE_2015 },
  { name: 'Prototypical Networks', errorPercent: 13.7, source: LAKE_2019 },
]

/** @param scores the share of right answers in each run, of `perRun` trials */
export function lakeReport(
  { interval: [low, high] }: AccuracyScore,
  scores: readonly number[],
  perRun: number,
  official: boolean,
): LakeReport {
  // Scores are float32: the number of right answers is what they stand for.
  const wrong = scores.map((score) => perRun - Math.round(score * perRun))
  const trials = scores.length * perRun
  return {
    runs: official ? 'official' : 'sampled',
    trials,
    errorPercent: (100 * wrong.reduce((sum, n) => sum + n, 0)) / trials,
    interval: [100 * (1 - high), 100 * (1 - low)],
    errorPercentByRun: wrong.map((n) => (100 * n) / perRun),
    published: PUBLISHED,
  }
}
