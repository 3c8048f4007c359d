import type { Backend } from '@kshot/core'
import {
  BoundedQuadratic,
  importBackend,
  SolvePositive,
  solveBoundedQuadratic,
  solveByCholesky,
} from '@kshot/core/backend'
import { backend, getKernel, registerKernel, setBackend } from '@tensorflow/tfjs-core'

const kernels = {
  [SolvePositive]: solveByCholesky,
  [BoundedQuadratic]: solveBoundedQuadratic,
}

/**
 * TensorFlow.js' plain JavaScript backend: the reference for tests, slow and exact.
 * @example await useBackend(cpu())
 */
export function cpu(): Backend {
  return {
    name: 'cpu',
    spec: { package: '@kshot/backend-cpu', export: 'cpu', options: {} },
    available: async () => ({ available: true }),
    async activate() {
      await importBackend('cpu', () => import('@tensorflow/tfjs-backend-cpu'))
      await setBackend('cpu')
      for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
        if (!getKernel(kernelName, 'cpu')) {
          registerKernel({ kernelName, backendName: 'cpu', kernelFunc })
        }
      }
      // Its first use would print an advertisement for another package to install.
      ;(backend() as { firstUse?: boolean }).firstUse = false
      return { backend: 'cpu', device: 'JavaScript', kernels: 'javascript', threads: 1 }
    },
  }
}
