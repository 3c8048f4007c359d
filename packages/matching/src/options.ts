import { type Model, type NormalisationOptions, normalisationOf } from '@kshot/core'
import {
  checkOptions,
  either,
  flag,
  innerStep,
  normalisation,
  oneOf,
  options,
  rate,
  role,
} from '@kshot/core/options'
import type { Distance } from './attention'

export interface MatchingOptions {
  /** f′ and g′: any model that returns one row per example. */
  readonly backbone: Model
  /** c. Default `cosine`, the paper's. */
  readonly distance?: Distance
  /**
   * τ, which divides c; the initial value if it is learned. Default 1, and 0.05 for `cosine`:
   * that lies in [−1, 1], so without it attention is nearly flat. The paper has none (τ = 1).
   */
  readonly temperature?: number
  /** Whether τ is learned. Default: with `cosine`. */
  readonly learnsTemperature?: boolean
  /** Full context embeddings: `true`, or the number of processing steps K. Default false; `true` is 5. */
  readonly fullContext?: boolean | number
  /** Default as for Prototypical Networks: `batch-joint` in training, `running` at test. */
  readonly normalisation?: NormalisationOptions
}

/** What {@link MatchingOptions} may be; the card shows it, the factory checks by it. */
export const matchingOptions = options(
  {
    backbone: role('model'),
    distance: oneOf('cosine', 'cosine-support', 'squared-euclidean'),
    temperature: rate,
    learnsTemperature: flag,
    fullContext: either(flag, { ...innerStep, minimum: 1, maximum: 1000 }),
    normalisation: normalisation(),
  },
  'backbone',
)

/**
 * The options with every default filled in; `fullContext` is K, or false.
 * @throws `matching/bad-option`
 */
export function resolved(given: MatchingOptions) {
  checkOptions('matching/bad-option', 'matching', matchingOptions, given)
  const { backbone, distance = 'cosine', fullContext = false } = given
  const cosine = distance === 'cosine'
  return {
    backbone,
    distance,
    temperature: given.temperature ?? (cosine ? 0.05 : 1),
    learnsTemperature: given.learnsTemperature ?? cosine,
    fullContext: fullContext === true ? 5 : fullContext,
    normalisation: normalisationOf(given.normalisation),
  }
}
