import type { Spec } from '../spec'
import type { Params } from '../tree'
import * as tree from '../tree'
import { type Optimizer, optimizer } from './optimizer'

/**
 * Applies optimizers in sequence: each one's updates are the next one's gradients.
 * The state is the list of their states.
 * @example chain(clipByGlobalNorm(1), scaleByAdam(), scaleByLearningRate(1e-3))
 */
export function chain(
  ...links: readonly Optimizer[] | readonly [{ readonly optimizers: readonly Optimizer[] }]
): Optimizer<readonly Params[]> {
  const [first] = links
  // A spec rebuilds it with one record of options.
  const optimizers = first && 'optimizers' in first ? first.optimizers : (links as Optimizer[])
  return optimizer<readonly Params[]>(
    'chain',
    { optimizers: optimizers.map(({ spec }) => spec) },
    {
      init: (params) => optimizers.map(({ init }) => init(params)),
      update(gradients, before, options) {
        let updates = optimizers.length > 0 ? gradients : tree.clone(gradients)
        const state = optimizers.map((link, i) => {
          const done = link.update(updates, before[i]!, options)
          updates = done.updates
          return done.state
        })
        return { updates, state }
      },
    },
  )
}

/** The same rules under their own name. */
export function withName(name: string, options: Spec['options'], rules: Optimizer): Optimizer {
  return optimizer<Params>(name, options, {
    init: (params) => rules.init(params),
    update: (gradients, state, at) => rules.update(gradients, state, at),
  })
}
