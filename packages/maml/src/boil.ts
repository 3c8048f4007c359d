// Oh, Yoo, Kim & Yun 2021, BOIL: Towards Representation Change for Few-shot Learning, arXiv:2008.08882.
import type { MetaLearner } from '@kshot/core'
import { type MamlOptions, maml } from './maml'
import { boilOptions, checkMamlOptions } from './options'

/**
 * BOIL, body only in the inner loop: MAML whose inner loop adapts everything but the head (section 3.1), so
 * that features change from task to task. As a {@link maml} with `adapts: '^body/'`, which is how
 * its spec reads. With a `shared` head it learns nothing: the classes never part.
 * @throws what {@link maml} throws
 * @example
 * const learner = boil({ model: conv4(), ways: 5, innerRate: 0.5, steps: 1 })
 */
export function boil(options: Omit<MamlOptions, 'adapts' | 'head'>): MetaLearner {
  checkMamlOptions('boil', boilOptions, options)
  return maml({ ...options, head: 'fixed', adapts: '^body/' })
}
