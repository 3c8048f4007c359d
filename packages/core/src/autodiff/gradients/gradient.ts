import { clone, engine, type Tensor } from '@tensorflow/tfjs-core'

/** Gradients of a kernel with respect to its inputs, each computed only when it is asked for. */
export type InputGradients = { readonly [input: string]: () => Tensor }

/**
 * The gradient of a kernel, built only from differentiable operations and saved INPUTS:
 * a saved output would be cut off the tape, and second derivatives silently wrong.
 */
export interface Gradient {
  /** Saved inputs, in this order; `all` if an input is a list. */
  readonly saves: readonly string[] | 'all'
  /**
   * Which outputs are saved after the inputs. Only those that the rule takes for constants on purpose,
   * as batch statistics where the derivative in x counts their dependence on x.
   */
  readonly constants?: readonly boolean[]
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has its own attributes
  gradient(dy: Tensor, saved: any[], attrs: any, dys: Tensor[]): InputGradients
}

/** Gradients by kernel name. */
export type Gradients = { readonly [kernel: string]: Gradient }

/** Runs `f` off the tape: its result counts as a constant. */
export function offTape<T>(f: () => T): T {
  const { state } = engine()
  state.kernelDepth++
  try {
    return f()
  } finally {
    state.kernelDepth--
  }
}

/**
 * The same values, with no derivative: ∂ stopGradient(x) / ∂x = 0.
 * @example mul(stopGradient(mask), x)
 */
export function stopGradient<T extends Tensor>(x: T): T {
  return offTape(() => clone(x))
}

/** A {@link Gradient} from its two parts. */
export function rule(saves: Gradient['saves'], gradient: Gradient['gradient']): Gradient {
  return { saves, gradient }
}

/** The gradient of a kernel with one input, `x` by name unless another is given. */
export function unary(
  // biome-ignore lint/suspicious/noExplicitAny: each kernel has its own attributes
  derivative: (dy: Tensor, x: Tensor, attrs: any) => Tensor,
  input = 'x',
): Gradient {
  return rule([input], (dy, [x], attrs) => ({ [input]: () => derivative(dy, x, attrs) }))
}
