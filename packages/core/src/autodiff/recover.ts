import { engine } from '@tensorflow/tfjs-core'
import { isKshotError, KshotError } from '../errors'

/** Runs a differentiation; if it fails, leaves TensorFlow.js as it was, and says what is missing. */
export function recovering<T>(f: () => T): T {
  try {
    return f()
  } catch (error) {
    forgetTape()
    throw explained(error)
  }
}

// TensorFlow.js frees what it saved for the backward pass only at its end.
function forgetTape(): void {
  const { state } = engine()
  if (state.gradientDepth > 0 || !state.activeTape) return
  for (const node of state.activeTape) for (const tensor of node.saved ?? []) tensor.dispose()
  state.activeTape = null as never // what it is between two gradients, though declared otherwise
}

function explained(error: unknown): unknown {
  if (isKshotError(error) || !(error instanceof Error)) return error
  const kernel = /gradient function not found for (\w+)/.exec(error.message)?.[1]
  if (!kernel) return error
  return new KshotError('autodiff/no-gradient', {
    got: `the kernel ${kernel}, which has no gradient`,
    expected: 'only differentiable kernels between the parameters and the value',
    remedy: `Compose ${kernel} of other operations, or exclude it from the gradient with stopGradient`,
    cause: error,
  })
}
