import fc from 'fast-check'
import { SEED } from './attack'

/** At a time: fast-check keeps all it draws. */
const AT_ONCE = 500

/** So many inputs of a generator, the same in each run. */
export function* inputs<T>(of: fc.Arbitrary<T>, n: number): Generator<T> {
  for (let from = 0; from < n; from += AT_ONCE) {
    yield* fc.sample(of, { numRuns: Math.min(AT_ONCE, n - from), seed: SEED + from })
  }
}
