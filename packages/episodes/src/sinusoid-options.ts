import { count, options, positive, seed, tuple } from '@kshot/core/options'

const range = tuple({ type: 'number' }, { type: 'number' })

/** Options of sinusoids that configurations take too. */
export const sinusoidRanges = { amplitude: range, phase: range, range }

/** What {@link SinusoidOptions} may be. */
export const sinusoidOptions = options(
  { shots: positive, queries: count, seed, ...sinusoidRanges },
  'shots',
  'queries',
  'seed',
)
