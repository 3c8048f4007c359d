// The loss of a small net against the same sums in double precision, written out by hand.
import { hvp, mlp, type PairBatch, type Params, rng, tree, valueAndGrad } from '@kshot/core'
import { activate, relativeError, testBackends } from '@kshot/testkit'
import { type Tensor, tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { siamese } from './index'

const [INPUTS, HIDDEN, UNITS, LAMBDA] = [3, 4, 2, 0.01]
const left = [
  [0.3, -0.2, 0.9],
  [1.1, 0.4, -0.7],
  [-0.5, 0.8, 0.2],
]
const right = [
  [0.5, 0.1, 0.6],
  [-0.9, 0.3, 0.4],
  [0.7, -0.6, -0.1],
]
const same = [1, 0, 1]

/** Weights in the order of the tree: dense 3→4, tanh, dense 4→2; then b and α, β and γ. */
function loss(w: readonly number[], normalised: boolean): number {
  let at = 0
  const matrix = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => w[at++]!))
  const layer = (rows: number, columns: number) => {
    const [bias] = matrix(1, columns)
    return { bias: bias!, weight: matrix(rows, columns) }
  }
  const [first, second, head] = [layer(INPUTS, HIDDEN), layer(HIDDEN, UNITS), layer(UNITS, 1)]
  const apply = (x: number[], { bias, weight }: typeof first) =>
    bias.map((b, j) => x.reduce((sum, v, i) => sum + v * weight[i]![j]!, b))
  const embed = (x: number[]) => apply(apply(x, first).map(Math.tanh), second)
  const scores = left.map((x, i) => {
    const [a, b] = [embed(x), embed(right[i]!)]
    const distance = a.map((v, j) => Math.abs(v - b[j]!))
    return apply(distance, head)[0]!
  })
  const [[beta], [gamma]] = matrix(2, 1) as [[number], [number]]
  const mean = sum(scores) / scores.length
  const variance = sum(scores.map((z) => (z - mean) ** 2)) / scores.length
  const losses = same.map((t, i) => {
    const normed = (gamma * (scores[i]! - mean)) / Math.sqrt(variance + 1e-5) + beta
    const p = 1 / (1 + Math.exp(-(normalised ? normed : scores[i]!)))
    return -(t * Math.log(p) + (1 - t) * Math.log(1 - p))
  })
  const squares = [first, second, head].flatMap(({ weight }) => weight.flat().map((v) => v * v))
  return sum(losses) / same.length + LAMBDA * sum(squares)
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
const moved = (w: readonly number[], v: readonly number[], by: number) =>
  w.map((x, i) => x + by * v[i]!)
const slopes = (f: (w: readonly number[]) => number, w: readonly number[]) =>
  w.map((_, i) => {
    const axis = w.map((_, j) => (i === j ? 1 : 0))
    return (f(moved(w, axis, 1e-4)) - f(moved(w, axis, -1e-4))) / 2e-4
  })

describe.each(testBackends)('the loss of siamese on %s', (backend) => {
  beforeAll(() => activate(backend))

  it.each([
    ['as in the paper', 'none'],
    ['over normalised distances', 'batch-joint'],
  ] as const)('has the value and both derivatives of the formula, %s', (_, train) => {
    const net = mlp({ hidden: [HIDDEN], outputs: UNITS, activation: 'tanh' })
    const learner = siamese({
      backbone: net,
      headInit: 'torch',
      regularisation: LAMBDA,
      normalisation: { train },
    })
    const formula = (w: readonly number[]) => loss(w, train === 'batch-joint')
    const { params, state } = learner.init(rng(4), { inputShape: [INPUTS] })
    const pairs: PairBatch = {
      left: tensor2d(left),
      right: tensor2d(right),
      same: tensor1d(same, 'int32'),
    }
    const ctx = { step: 0, rng: rng(0), phase: 'train' as const }
    const f = (params: Params) => learner.loss({ params, state }, pairs, ctx).loss
    const v = tree.map((x) => tensor([...x.dataSync()].map(Math.cos), x.shape), params)
    const numbers = (p: Params) => tree.leaves(p).flatMap((x: Tensor) => [...x.dataSync()])
    const [w, direction] = [numbers(params), numbers(v)]

    const { value, gradient } = valueAndGrad((p: Params) => ({ value: f(p), aux: {} }))(params)
    expect(value.dataSync()[0]).toBeCloseTo(formula(w), 5)
    const slope = slopes(formula, w)
    expect(relativeError(numbers(gradient), slope)).toBeLessThan(1e-4)
    const along = (u: readonly number[]) =>
      (formula(moved(u, direction, 1e-4)) - formula(moved(u, direction, -1e-4))) / 2e-4
    expect(relativeError(numbers(hvp(f, params, v)), slopes(along, w))).toBeLessThan(1e-4)
  })
})
