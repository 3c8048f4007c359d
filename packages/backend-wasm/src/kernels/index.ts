import { registerPlanner, replayed } from '@kshot/core/backend'
import { planner } from '../program/plan'
import { optimizers } from './adam'
import { aliases } from './alias'
import { arithmetic } from './arithmetic'
import { batchNorms } from './batch-norm'
import { bounded } from './bounds'
import { solutions } from './cholesky'
import { convolutions } from './conv'
import { convBatchNorms } from './conv-batch-norm'
import { direct } from './conv-direct'
import { fastest } from './conv-winograd'
import { gathers } from './gather'
import { install, uninstall } from './install'
import type { Kernels } from './kernel'
import { products } from './matmul'
import { instantiate, supported, type WasmBackend } from './native'
import { pools } from './pool'
import { reductions } from './reduce'

/**
 * Which kernels run: TensorFlow.js' own; ours, which compute convolutions as they are defined; or ours,
 * with faster convolutions of larger rounding errors.
 */
export type KernelChoice = 'stock' | 'exact' | 'fast'

const exact: Kernels = {
  ...aliases,
  ...arithmetic,
  ...batchNorms,
  ...bounded,
  ...convBatchNorms,
  ...convolutions(() => direct),
  ...gathers,
  ...optimizers,
  ...pools,
  ...products,
  ...reductions,
  ...solutions,
}

const fast: Kernels = { ...exact, ...convolutions(fastest) }

/** Registers the chosen kernels and says which run, for example `kshot-simd-fma`. */
export async function useKernels(backend: WasmBackend, choice: KernelChoice): Promise<string> {
  const arithmetic = choice === 'stock' ? undefined : supported(backend)
  if (arithmetic === undefined) {
    uninstall()
    registerPlanner('wasm', replayed)
    return 'stock'
  }
  const kernels = choice === 'fast' ? fast : exact
  const native = await instantiate(backend, arithmetic)
  install(kernels, native)
  registerPlanner('wasm', planner(kernels, native))
  const variant = arithmetic === 'fma' ? 'kshot-simd-fma' : 'kshot-simd'
  return choice === 'exact' ? `${variant}-exact` : variant
}
