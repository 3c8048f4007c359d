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
import { recovering } from './recover'
import { withGradients } from './scope'
import { prepareTape } from './tape'

export { sumLeading } from './broadcast'
export { stopGradient } from './gradients/gradient'
export { recovering } from './recover'
export { enableGradients } from './scope'

/** A value to differentiate, and tensors that come with it. */
export interface WithAux<Aux extends Params> {
  /** A scalar. */
  readonly value: Tensor
  readonly aux: Aux
}

/** A value, its gradient in the structure of the parameters, and what came with it. */
export type ValueAndGradient<P extends Params, Aux extends Params> = {
  readonly value: Scalar
  readonly gradient: P
  readonly aux: Aux
}

/**
 * A function that returns f and ∇f over a tree of parameters; correct to second order when nested.
 *
 * Parameters that don't influence the value have a gradient of zeros. `aux` is passed through,
 * without derivative. The caller owns everything returned; everything else is freed. Calls nest:
 * a gradient taken inside `f` is differentiated with it. What `f` closes over is constant.
 * @throws `autodiff/not-a-scalar`, and `autodiff/no-gradient` naming a kernel without a derivative
 * @example
 * const { value, gradient } = valueAndGrad((p: Params) => sum(square(p.w)))(params)
 */
export function valueAndGrad<P extends Params, Aux extends Params = Record<string, never>>(
  f: (params: P) => Tensor | WithAux<Aux>,
): (params: P) => ValueAndGradient<P, Aux> {
  return (params) => tree.tidy(() => recovering(() => differentiate(f, params)))
}

function differentiate<P extends Params, Aux extends Params>(
  f: (params: P) => Tensor | WithAux<Aux>,
  params: P,
): ValueAndGradient<P, Aux> {
  // Copies: a tensor that hangs in the tree twice, or that was made from another one of it, has a
  // derivative of its own, and what `f` closes over is constant.
  const inputs = tree.leaves(params).map((tensor) => clone(tensor))
  let aux: Aux | undefined
  const forward = (): Scalar => {
    const result = f(tree.unflatten(params, inputs))
    if (tree.isTensor(result)) return finish(result)
    // copies, kept beyond the tape's own scope; what f returns may be the caller's
    aux = tree.map((tensor) => keep(clone(tensor)), result.aux)
    return finish(result.value)
  }
  try {
    const { value, grads } = withGradients(() => backward(forward, inputs))
    const gradient = tree.unflatten(
      params,
      inputs.map((input, i) => grads[i] ?? zerosLike(input)),
    )
    return { value, gradient, aux: tree.map((tensor) => clone(tensor), aux ?? ({} as Aux)) }
  } finally {
    if (aux) tree.dispose(aux)
  }
}

function backward(forward: () => Scalar, inputs: Tensor[]) {
  // nothing to differentiate by, as with a frozen network
  if (inputs.length === 0) return { value: forward(), grads: [] }
  return engine().gradients(forward, inputs, undefined, true)
}

function finish(value: Tensor): Scalar {
  prepareTape()
  return clone(checkScalar(value))
}

/** A function that returns ∇f; see {@link valueAndGrad}. */
export function grad<P extends Params>(f: (params: P) => Tensor): (params: P) => P {
  return (params) => tree.tidy(() => valueAndGrad(f)(params).gradient)
}

/**
 * The Hessian of f at `params` times `vector`, H v = ∇(∇f · v), without forming H.
 * @throws `core/tree-mismatch` when `vector` has another structure
 */
export function hvp<P extends Params>(f: (params: P) => Tensor, params: P, vector: P): P {
  const directional = (p: P): Scalar => {
    const products = tree.zip(([g, v]) => sum(mul(g!, v!)), grad(f)(p), vector)
    return tree.leaves(products).reduce((total, part) => add(total, part)) as Scalar
  }
  return grad(directional)(params)
}

function checkScalar(value: Tensor): Scalar {
  if (value.size === 1) return value as Scalar
  throw new KshotError('autodiff/not-a-scalar', {
    got: `a value of shape [${value.shape.join(', ')}]`,
    expected: 'a scalar',
    remedy: 'Sum or average it before taking the gradient',
  })
}
