import { optimizers } from './adam'
import { batchNorms } from './batch-norm'
import { convolutions } from './convolutions'
import { cumulatives } from './cumulative'
import { empties } from './empty'
import { indexed } from './indexed'
import { install } from './install'
import { plain } from './plain'
import { pools } from './pool'
import { powers } from './pow'
import { selections } from './select'
import { softmaxes } from './softmax'
import { unaries } from './unary'
import { views } from './view'

/** What the kernels are made for: a GPU, or a processor that plays one. */
export type KernelChoice = 'hardware' | 'software'

const both = {
  ...batchNorms,
  ...cumulatives,
  ...indexed,
  ...optimizers,
  ...pools,
  ...powers,
  ...selections,
  ...softmaxes,
  ...unaries,
  ...views,
}

/**
 * Registers kernels of our own: what kshot declares, and what TensorFlow.js' own do wrong or not at all. They
 * work for every instance of its backend.
 */
export function useKernels(choice: KernelChoice): void {
  const software = choice === 'software'
  install([both, convolutions(software), ...(software ? [plain] : []), empties])
}
