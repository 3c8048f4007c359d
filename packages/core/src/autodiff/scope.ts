import {
  type GradConfig,
  getGradient,
  registerGradient,
  reshape,
  type Tensor,
  unregisterGradient,
} from '@tensorflow/tfjs-core'
import { gradients } from './gradients'
import type { InputGradients } from './gradients/gradient'

const ours: readonly GradConfig[] = Object.entries(gradients).map(
  ([kernelName, { saves, constants, gradient }]) => ({
    kernelName,
    ...(saves === 'all' ? { saveAllInputs: true } : { inputsToSave: [...saves] }),
    ...(constants && { outputsToSave: [...constants] }),
    gradFunc: (dy, saved, attrs) => {
      const dys = Array.isArray(dy) ? dy : [dy]
      return ownTensors(gradient(dys[0]!, saved, attrs, dys), dys)
    },
  }),
)

/** TensorFlow.js frees a gradient once it has added it to another: each must be its own tensor. */
function ownTensors(gradients: InputGradients, dys: readonly Tensor[]): InputGradients {
  const own = (dx: Tensor) => (dys.includes(dx) ? reshape(dx, dx.shape) : dx)
  return Object.fromEntries(
    Object.entries(gradients).map(([input, thunk]) => [input, () => own(thunk())]),
  )
}

let depth = 0

/**
 * Runs `f` with kshot's gradients instead of TensorFlow.js' own, and restores those afterwards:
 * the app's own gradients keep giving the same bytes.
 *
 * In Node, `@tensorflow/tfjs-core` alone has no gradients at all; there, these are the only ones.
 */
export function withGradients<T>(f: () => T): T {
  if (depth > 0) return f()
  const before = ours.map(({ kernelName }) => getGradient(kernelName))
  depth++
  try {
    for (const config of ours) replace(config)
    return f()
  } finally {
    depth--
    for (const [i, { kernelName }] of ours.entries()) replace(before[i], kernelName)
  }
}

function replace(config: GradConfig | undefined, kernelName = config!.kernelName): void {
  if (getGradient(kernelName)) unregisterGradient(kernelName)
  if (config) registerGradient(config)
}

/**
 * Permanently replaces TensorFlow.js' own gradients with kshot's, so that you can nest `tf.grads` directly.
 *
 * {@link valueAndGrad}, `grad` and `hvp` don't need this call. Calling it again is harmless.
 */
export function enableGradients(): void {
  for (const config of ours) replace(config)
}
