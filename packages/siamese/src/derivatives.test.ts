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

/** Weights in the order of the tree: dense 3→4, tanh, dense 4→2; then α and b. */
function loss(w: readonly number[]): number {
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
  const losses = same.map((t, i) => {
    const [a, b] = [embed(left[i]!), embed(right[i]!)]
    const [z] = apply(
      a.map((v, j) => Math.abs(v - b[j]!)),
      head,
    )
    const p = 1 / (1 + Math.exp(-z!))
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

  it('has the value, the gradient and the second derivatives of the formula', () => {
    const net = mlp({ hidden: [HIDDEN], outputs: UNITS, activation: 'tanh' })
    const learner = siamese({ backbone: net, headInit: 'torch', regularisation: LAMBDA })
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
    expect(value.dataSync()[0]).toBeCloseTo(loss(w), 5)
    const slope = slopes(loss, w)
    expect(relativeError(numbers(gradient), slope)).toBeLessThan(1e-4)
    const along = (u: readonly number[]) =>
      (loss(moved(u, direction, 1e-4)) - loss(moved(u, direction, -1e-4))) / 2e-4
    expect(relativeError(numbers(hvp(f, params, v)), slopes(along, w))).toBeLessThan(1e-4)
  })
})
