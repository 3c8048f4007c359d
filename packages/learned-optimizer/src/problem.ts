import { type Model, type Params, type Rng, softmaxCrossEntropy } from '@kshot/core'
import { reshape, type Scalar, slice, square, sub, sum, type Tensor } from '@tensorflow/tfjs-core'

/**
 * What an optimizer has to solve: a model, its parameters at the start, and the batches that it meets,
 * again from the first when all were seen. A task of {@link optimizerTraining}.
 */
export type Problem = {
  readonly start: Params
  /** Of the model's normalisation layers. */
  readonly state: Params
  /** `[batches, n, ...shape]` */
  readonly x: Tensor
  /** int32 `[batches, n]`, or float `[batches, n, outputs]` for a regression. */
  readonly y: Tensor
}

/** A problem from the draw of a model's parameters, and batches; the tensors are the caller's. */
export function problemOf(model: Model, rng: Rng, { x, y }: Pick<Problem, 'x' | 'y'>): Problem {
  const { params, state } = model.init(rng, x.shape.slice(2))
  return { start: params, state, x, y }
}

/**
 * f_t(θ): the loss of the batch that step t meets. Cross-entropy for classes, else ‖y′ − y‖² summed over
 * examples and outputs.
 */
export function problemLoss(model: Model, problem: Problem, params: Params, step: number): Scalar {
  const [x, y] = [problem.x, problem.y].map((all) => batch(all, step))
  const { state } = problem
  const { y: output } = model.apply({ params, state }, x!, { norm: 'batch' })
  if (y!.dtype === 'int32') return softmaxCrossEntropy(output, y!)
  return sum(square(sub(output, y!)))
}

function batch(all: Tensor, step: number): Tensor {
  const [batches, ...rest] = all.shape as [number, ...number[]]
  if (batches === 1) return reshape(all, rest)
  const at = [step % batches, ...rest.map(() => 0)]
  return reshape(slice(all, at, [1, ...rest]), rest)
}
