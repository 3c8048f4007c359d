import { applyUpdates, type Model, type Optimizer, tree, valueAndGrad } from '@kshot/core'
import { type Problem, problemLoss } from './problem'

/**
 * The losses f_0(θ_0) … f_T(θ_T) of a problem under any optimizer: T + 1 numbers, ±Infinity or NaN where
 * it diverges.
 * @example const losses = await descend(adam(0.1), linearMap(), problem, 100)
 */
export async function descend(
  optimizer: Optimizer,
  model: Model,
  problem: Problem,
  steps: number,
): Promise<number[]> {
  const f = (at: number) =>
    valueAndGrad((theta: tree.Params) => problemLoss(model, problem, theta, at))
  let params = tree.clone(problem.start)
  let state = optimizer.init(params)
  const losses: number[] = []
  for (let step = 0; step <= steps; step++) {
    const { value, gradient } = f(step)(params)
    losses.push((await value.data())[0]!)
    const moved = optimizer.update(gradient, state, { step, params })
    const next = applyUpdates(params, moved.updates)
    tree.dispose([value, gradient, params, state, moved.updates])
    params = next
    state = moved.state
  }
  tree.dispose([params, state])
  return losses
}
