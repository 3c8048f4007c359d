// Andrychowicz et al. 2016, Learning to learn by gradient descent by gradient descent, arXiv:1606.04474.
import {
  applyUpdates,
  type MetaGradient,
  type Model,
  type Params,
  stopGradient,
  type TaskLoss,
  type Trainable,
  tree,
  valueAndGrad,
} from '@kshot/core'
import { add, log, mul, type Scalar, scalar, sub, sum } from '@tensorflow/tfjs-core'
import { type Cell, type CellOptions, type CellState, type CellWeights, cell } from './cell'
import { coordinates, fromCoordinates } from './coordinates'
import { check, trainingOptions } from './options'
import { type Problem, problemLoss } from './problem'

export interface OptimizerTrainingOptions extends CellOptions {
  /** What is optimised. */
  readonly model: Model
  /** T: steps of an optimisation. Default 100. */
  readonly steps?: number
  /** Steps that gradients go back through; θ and the hidden state go on from window to window. Default 20. */
  readonly window?: number
  /**
   * Differentiates the gradients that the net sees, too. Default false: they are constants, as the dashed
   * edges of the paper's figure 2.
   */
  readonly secondOrder?: boolean
  /**
   * What is summed over steps: losses, as in the paper, or their natural logarithms, so that a loss that is small
   * already counts as much as one that is still large. Default `loss`.
   */
  readonly objective?: 'loss' | 'log-loss'
}

/** Added to a loss before its logarithm. */
const LEAST = 1e-12

/** θ_t and the hidden state beside it. */
type Point = { readonly params: Params; readonly hidden: CellState }

/**
 * Trains an optimizer: `metaTrain` moves the weights φ of the LSTM.
 *
 * - L(φ) = Σ_t f(θ_t), t = 1 … T, with θ_{t+1} = θ_t + g_t and [g_t, h_{t+1}] = m(∇f(θ_t), h_t, φ) (eq. 3)
 * - with `objective: 'log-loss'`, L(φ) = Σ_t log(f(θ_t) + 10⁻¹²), for losses that are not negative
 * - `loss` goes through all T steps; `gradient`, which `metaTrain` takes, is the sum over windows
 *
 * The metric `final` is f(θ_T). Tasks are a {@link Problem} each.
 * @throws `learned-optimizer/bad-option`
 * @example
 * const { meta } = await metaTrain({
 *   learner: optimizerTraining({ model: linearMap() }),
 *   optimizer: adam(3e-3), tasks: quadratics({ seed: 1 }), metaBatch: 8, steps: 500,
 * })
 */
export function optimizerTraining(options: OptimizerTrainingOptions): Trainable<Problem> {
  check('optimizerTraining', trainingOptions, options)
  const { model, steps = 100, window = 20, secondOrder = false, objective = 'loss' } = options
  const net = cell(options)
  const unrolled = unrolling(net, { model, secondOrder, objective })
  const start = (problem: Problem): Point => ({
    params: problem.start,
    hidden: net.zero(tree.count(problem.start)),
  })
  return {
    spec: {
      package: '@kshot/learned-optimizer',
      export: 'optimizerTraining',
      options: {
        model: model.spec,
        ...net.options,
        steps,
        window,
        secondOrder,
        // Only where it differs, so that the specs of older checkpoints stay as they were.
        ...(objective !== 'loss' && { objective }),
      },
    },
    init: (rng) => ({ params: net.init(rng), state: {} }),
    loss({ params }, problem): TaskLoss {
      const weights = params as CellWeights
      const { loss, final } = unrolled(weights, problem, start(problem), 0, steps)
      return { loss, state: {}, metrics: { final } }
    },
    gradient: ({ params }, problem) =>
      tree.tidy(() =>
        windowedGradient(unrolled, params as CellWeights, problem, start(problem), steps, window),
      ),
  }
}

/** Σ of f(θ_t), or of its logarithm, for t = from + 1 … from + count, and where that leads. */
type Unrolled = (
  weights: CellWeights,
  problem: Problem,
  start: Point,
  from: number,
  count: number,
) => { readonly loss: Scalar; readonly final: Scalar; readonly end: Point }

function unrolling(
  net: Cell,
  how: Required<Pick<OptimizerTrainingOptions, 'model' | 'secondOrder' | 'objective'>>,
): Unrolled {
  const counted = (f: Scalar) => (how.objective === 'loss' ? f : log(add(f, LEAST)))
  return (weights, problem, start, from, count) => {
    let { params, hidden } = start
    let loss: Scalar = scalar(0)
    let final: Scalar = loss
    for (let k = 0; k <= count; k++) {
      const { value, gradient } = descent(how, params, problem, from + k)
      if (k > 0) loss = add(loss, counted(value))
      final = value
      if (k === count) break
      const { update, state } = net.step(weights, coordinates(gradient), hidden)
      params = applyUpdates(params, fromCoordinates(params, update))
      hidden = state
    }
    return { loss, final, end: { params, hidden } }
  }
}

/** f_t(θ) and ∇f_t(θ), as the net sees them. */
function descent(
  { model, secondOrder }: Required<Pick<OptimizerTrainingOptions, 'model' | 'secondOrder'>>,
  params: Params,
  problem: Problem,
  step: number,
) {
  const f = (theta: Params) => problemLoss(model, problem, theta, step)
  if (secondOrder) return valueAndGrad(f)(params)
  // ∇f is a constant, so f need not be recorded: its derivative in φ is that of ∇f · θ.
  const fixed = tree.map((theta) => stopGradient(theta), params)
  const found = valueAndGrad(f)(fixed)
  const gradient = tree.map((g) => stopGradient(g), found.gradient)
  const moves = tree.zip(
    ([g, theta, at]) => sum(mul(g!, sub(theta!, at!))),
    gradient,
    params,
    fixed,
  )
  const value = tree.leaves(moves).reduce((all, part) => add(all, part), found.value) as Scalar
  return { value, gradient }
}

/** The sum of the gradients of all windows, each of which begins where the one before has ended. */
function windowedGradient(
  unrolled: Unrolled,
  weights: CellWeights,
  problem: Problem,
  start: Point,
  steps: number,
  size: number,
): MetaGradient {
  let point = start
  let sums: { loss: Scalar; gradient: Params } | undefined
  let final: Scalar | undefined
  for (let from = 0; from < steps; from += size) {
    const count = Math.min(size, steps - from)
    const { value, gradient, aux } = valueAndGrad((phi: CellWeights) => {
      const { loss, final, end } = unrolled(phi, problem, point, from, count)
      return { value: loss, aux: { final, end } }
    })(weights)
    point = aux.end
    final = aux.final
    sums = sums ? added(sums, { loss: value, gradient }) : { loss: value, gradient }
  }
  return { ...sums!, state: {}, metrics: { final: final! } }
}

function added<T extends Params>(a: T, b: T): T {
  return tree.zip(([x, y]) => add(x!, y!), a, b)
}
