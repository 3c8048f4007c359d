import { optimizers } from './adam'
import { batchNorms } from './batch-norm'
import { cumulatives } from './cumulative'
import { empties } from './empty'
import { grouped } from './grouped'
import { indexed } from './indexed'
import { install } from './install'
import { pools } from './pool'
import { powers } from './pow'
import { selections } from './select'
import { softmaxes } from './softmax'
import { unaries } from './unary'
import { views } from './view'

/**
 * Registers kernels of our own: what kshot declares, and what TensorFlow.js' own do wrong or not at all. They
 * work for every instance of its backend.
 */
export function installKernels(): void {
  install({
    ...batchNorms,
    ...cumulatives,
    ...empties,
    ...grouped,
    ...indexed,
    ...optimizers,
    ...pools,
    ...powers,
    ...selections,
    ...softmaxes,
    ...unaries,
    ...views,
  })
}
