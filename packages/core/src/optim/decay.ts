import { add, mul } from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'
import * as tree from '../tree'
import { type Optimizer, stateless } from './optimizer'
import { checkNumber, namedOptions } from './options'

/**
 * Adds weight decay: `g + decay · θ`. Its update needs `params`.
 * @throws `core/bad-option`, `core/params-missing`
 */
export function addDecayedWeights(decay: number | { readonly decay: number }): Optimizer {
  const { decay: by } = namedOptions<{ decay: number }>('decay', decay)
  checkNumber('addDecayedWeights', 'decay', by, { min: 0 })
  return stateless('addDecayedWeights', { decay: by }, (gradients, { params }) => {
    if (!params) throw paramsMissing()
    return tree.zip(([g, param]) => add(g!, mul(param!, by)), gradients, params)
  })
}

function paramsMissing(): KshotError {
  return new KshotError('core/params-missing', {
    got: 'an update with weight decay but without parameters',
    expected: 'the parameters, which weight decay shrinks',
    remedy: 'Call update(gradients, state, { step, params })',
  })
}
