import {
  add,
  clone,
  engine,
  keep,
  mul,
  type Scalar,
  sum,
  type Tensor,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'
import type { Params } from '../tree'
import * as tree from '../tree'
import { dropTape, withGradients } from './scope'

export { stopGradient } from './gradients/gradient'
export { sumLeading } from './gradients/sum-to'

/** A value to differentiate, and tensors that come with it. */
export interface WithAux<Aux extends Params> {
  readonly value: Scalar
  readonly aux: Aux
}

/** A value, its gradient in the structure of the parameters, and what came with it. */
export interface ValueAndGradient<P extends Params, Aux extends Params> {
  readonly value: Scalar
  readonly gradient: P
  readonly aux: Aux
}

/**
 * A function that returns f and ∇f over a tree of parameters; right to second order when nested.
 *
 * Parameters that do not influence the value have a gradient of zeros. `aux` is passed through,
 * without derivative. Everything returned is the caller's, everything else is freed.
 * @throws `autodiff/not-a-scalar`, and an error naming the kernel where one has no derivative
 * @example
 * const { value, gradient } = valueAndGrad((p: Params) => sum(square(p.w)))(params)
 */
export function valueAndGrad<P extends Params, Aux extends Params = Record<string, never>>(
  f: (params: P) => Scalar | WithAux<Aux>,
): (params: P) => ValueAndGradient<P, Aux> {
  return (params) =>
    tree.tidy(() => {
      let aux: Aux | undefined
      const forward = (): Scalar => {
        const result = f(params)
        if (tree.isTensor(result)) return checkScalar(result)
        // copies, kept beyond the tape's own scope; what f returns may be the caller's
        aux = tree.map((tensor) => keep(clone(tensor)), result.aux)
        return checkScalar(result.value)
      }
      try {
        const inputs = tree.leaves(params)
        const { value, grads } = withGradients(() =>
          engine().gradients(forward, inputs, undefined, true),
        )
        const filled = grads.map((gradient, i) => gradient ?? zerosLike(inputs[i]!))
        const gradient = tree.unflatten(params, filled)
        return { value, gradient, aux: handOver(aux ?? ({} as Aux)) } as never
      } catch (error) {
        if (aux) tree.dispose(aux)
        dropTape()
        throw error
      }
    })
}

/** A function that returns ∇f; see {@link valueAndGrad}. */
export function grad<P extends Params>(f: (params: P) => Scalar): (params: P) => P {
  return (params) => tree.tidy(() => valueAndGrad(f)(params).gradient)
}

/**
 * The Hessian of f at `params` times `vector`, H v = ∇(∇f · v), without forming H.
 * @throws `core/tree-mismatch` when `vector` has another structure
 */
export function hvp<P extends Params>(f: (params: P) => Scalar, params: P, vector: P): P {
  const slope = (p: P): Scalar => {
    const products = tree.zip(([g, v]) => sum(mul(g!, v!)), grad(f)(p), vector)
    return tree.leaves(products).reduce((total, part) => add(total, part)) as Scalar
  }
  return grad(slope)(params)
}

/** Gives kept tensors to the scope that is active now. */
function handOver<T extends Params>(kept: T): T {
  return tree.map((tensor) => {
    const copy = clone(tensor)
    tensor.dispose()
    return copy
  }, kept)
}

function checkScalar(value: Tensor): Scalar {
  if (value.size === 1) return value as Scalar
  throw new KshotError('autodiff/not-a-scalar', {
    got: `a value of shape [${value.shape.join(', ')}]`,
    expected: 'a scalar',
    remedy: 'Sum or average it before taking the gradient',
  })
}
