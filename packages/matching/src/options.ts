import { KshotError, type Model, type NormalisationOptions, normalisationOf } from '@kshot/core'
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

/** The options with every default filled in; `fullContext` is K, or false. */
export function resolved({ backbone, ...options }: MatchingOptions) {
  const { distance = 'cosine' } = options
  const cosine = distance === 'cosine'
  return {
    backbone,
    distance,
    temperature: checkedTemperature(options.temperature ?? (cosine ? 0.05 : 1)),
    learnsTemperature: options.learnsTemperature ?? cosine,
    fullContext: processingSteps(options.fullContext ?? false),
    normalisation: normalisationOf(options.normalisation),
  }
}

function processingSteps(fullContext: boolean | number): number | false {
  if (typeof fullContext === 'boolean') return fullContext && 5
  if (Number.isInteger(fullContext) && fullContext > 0) return fullContext
  throw badOption(
    `fullContext ${fullContext}`,
    'true, false or a number of processing steps, 1 or more',
  )
}

function checkedTemperature(temperature: number): number {
  if (temperature > 0 && Number.isFinite(temperature)) return temperature
  throw badOption(`temperature ${temperature}`, 'a positive number')
}

function badOption(got: string, expected: string): KshotError {
  return new KshotError('matching/bad-option', {
    got,
    expected,
    remedy: 'Leave it out to use the default',
  })
}
