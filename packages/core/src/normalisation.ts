import type { Model, Normalisation, NormMode, Traits } from './learner'

/** How a learner normalises in training and at test. */
export interface NormalisationOptions {
  readonly train?: Normalisation
  readonly test?: Normalisation
}

/** Snell et al. 2017: one pass for support and queries in training, each query alone at test. */
const SNELL = { train: 'batch-joint', test: 'running' } as const

/** Both modes, as given or by default. */
export function normalisationOf(
  options: NormalisationOptions = {},
  defaults: Required<NormalisationOptions> = SNELL,
): Required<NormalisationOptions> {
  const { train = defaults.train, test = defaults.test } = options
  return { train, test }
}

/** What the layers of a model do in a call under this normalisation. */
export function normModeOf(normalisation: Normalisation): NormMode {
  if (normalisation === 'running' || normalisation === 'none') return normalisation
  return 'batch'
}

/**
 * Which traits follow from the way queries are normalised at test: nothing is shared by the queries
 * of a model without layers that normalise.
 * @example const traits = { ...queryTraits(backbone, 'batch-joint'), innerSteps: 0 }
 */
export function queryTraits(
  { normalises }: Pick<Model, 'normalises'>,
  test: Normalisation,
): Pick<Traits, 'transductive' | 'queriesTogether'> {
  const queriesTogether = normalises ? TOGETHER[test] : 'none'
  return { transductive: queriesTogether === 'all', queriesTogether }
}

const TOGETHER = {
  running: 'none',
  'batch-joint': 'all',
  'batch-separate': 'all',
  'support+one': 'one',
  none: 'none',
} as const satisfies Record<Normalisation, Traits['queriesTogether']>
