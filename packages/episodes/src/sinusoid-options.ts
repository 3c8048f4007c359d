import { count, described, options, positive, seed, tuple } from '@kshot/core/options'

const range = tuple({ type: 'number' }, { type: 'number' })

/** Options of sinusoids that configurations take too. */
export const sinusoidRanges = {
  amplitude: described('Of a in a sin(x − φ); default: 0.1 to 5.', range),
  phase: described('Of φ, in radians; default: 0 to π.', range),
  range: described('Of x; default: −5 to 5.', range),
}

/** What {@link SinusoidOptions} may be. */
export const sinusoidOptions = options(
  { shots: positive, queries: count, seed, ...sinusoidRanges },
  'shots',
  'queries',
  'seed',
)
