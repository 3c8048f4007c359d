// Raghu, Raghu, Bengio & Vinyals 2020, Rapid Learning or Feature Reuse? Towards Understanding the Effectiveness of MAML, arXiv:1909.09157.
import type { MetaLearner } from '@kshot/core'
import { type MamlOptions, maml } from './maml'
import { anilOptions, checkMamlOptions } from './options'

/**
 * ANIL, almost no inner loop: MAML whose inner loop adapts only the head (section 4.1); the body is
 * the same for all tasks. Equivalent to {@link maml} with `adapts: '^head/'`, which is what its spec says.
 * @throws what {@link maml} throws
 * @example
 * const learner = anil({ model: conv4(), head: 'fixed', ways: 5, innerRate: 0.5, steps: 5 })
 */
export function anil(options: Omit<MamlOptions, 'adapts'>): MetaLearner {
  checkMamlOptions('anil', anilOptions, options)
  return maml({ ...options, adapts: '^head/' })
}
