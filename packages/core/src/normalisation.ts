import { KshotError } from './errors'
import type { Model, Normalisation, NormMode, Traits } from './learner'

/** How a learner normalises in training and at test. */
export interface NormalisationOptions {
  readonly train?: Normalisation
  readonly test?: Normalisation
}

const MODES = ['running', 'batch-joint', 'batch-separate', 'support+one', 'none'] as const

/** Snell et al. 2017: one pass for support and queries in training, each query alone at test. */
const SNELL = { train: 'batch-joint', test: 'running' } as const

/** A learner's default modes, and the modes it supports; by default all. */
export interface NormalisationRange {
  readonly defaults?: Required<NormalisationOptions>
  readonly train?: readonly Normalisation[]
  readonly test?: readonly Normalisation[]
}

/**
 * Both modes, as given or by default.
 * @throws `core/bad-normalisation`
 */
export function normalisationOf(
  options: NormalisationOptions = {},
  { defaults = SNELL, train = MODES, test = MODES }: NormalisationRange = {},
): Required<NormalisationOptions> {
  return {
    train: checkedMode('train', options.train ?? defaults.train, train),
    test: checkedMode('test', options.test ?? defaults.test, test),
  }
}

function checkedMode(when: string, mode: Normalisation, modes: readonly Normalisation[]) {
  if (modes.includes(mode)) return mode
  throw new KshotError('core/bad-normalisation', {
    got: `normalisation.${when}: '${mode}'`,
    expected: `one of ${modes.join(', ')}`,
    remedy: 'Leave it out to use the default',
  })
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
