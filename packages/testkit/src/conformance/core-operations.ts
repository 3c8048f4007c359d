import {
  adam,
  binaryCrossEntropy,
  conv4,
  logSoftmax,
  logSumExp,
  meanSquaredError,
  softmax,
  softmaxCrossEntropy,
  stopGradient,
} from '@kshot/core'
import { BoundedQuadratic, sumLeading } from '@kshot/core/backend'
import { batchNormTrain, solvePositive } from '@kshot/core/nn'
import {
  add,
  concat,
  engine,
  eye,
  fill,
  getBackend,
  getKernel,
  matMul,
  mul,
  neg,
  reshape,
  scatterND,
  sub,
  type Tensor,
  tensor,
  tensor1d,
  softmax as tfSoftmax,
  zeros,
} from '@tensorflow/tfjs-core'
import type { Inputs, Operation } from '../operations'

const logits = { x: [4, 3] }
const labels = () => tensor1d([2, 0, 1, 2], 'int32')
const shares = () => tensor([0, 1, 0.5, 0.2, 1, 0, 0.7, 0, 1, 0.1, 0.9, 1], [4, 3])

const batchNorm =
  (relu: boolean, pool = 0) =>
  ({ x, gamma, beta }: Inputs) =>
    batchNormTrain(x!, gamma, beta!, { epsilon: 1e-3, relu, pool }).y
const images = { x: [3, 4, 6, 2], gamma: [2], beta: [2] }

const block = conv4({ filters: 8, blocks: 1 })

/** One block of the standard net, with statistics of the batch. */
function convBlock({ x, filter, gamma, beta }: Inputs): Tensor {
  const params = [{ conv: { filter: filter! }, norm: { gamma: gamma!, beta: beta! } }, {}]
  const state = [{ mean: tensor(Array(8).fill(0)), variance: tensor(Array(8).fill(1)) }, {}]
  return block.apply({ params, state: state as never }, x!, { norm: 'batch' }).y
}

/** The direction of Adam's first step: its moments are functions of the gradient. */
function adamStep({ g }: Inputs): Tensor {
  const { init, update } = adam(0.1)
  return update(g!, init(g!), { step: 0 }).updates as Tensor
}

/** Of z zᵀ + 1, which is symmetric and positive definite. */
const solved = ({ z, b }: Inputs) =>
  solvePositive(add(matMul(z!, z!, false, true), eye(z!.shape.at(-2)!)), b!)

/**
 * Two rows that add up to zero, far below their bounds: (K⁻¹ l, −K⁻¹ l) / 2, of which the kernel says the value and
 * the equations say the derivatives.
 */
function quadratic({ z, b }: Inputs): Tensor {
  const matrix = add(matMul(z!, z!, false, true), eye(z!.shape[0]!))
  const half = reshape(solvePositive(matrix, mul(b!, 0.5)), [1, -1])
  const exact = concat([half, neg(half)])
  if (!getKernel(BoundedQuadratic, getBackend())) return exact
  const linear = stopGradient(concat([reshape(b!, [1, -1]), zeros([1, b!.size])]))
  const inputs = { matrix: stopGradient(matrix), linear, upper: fill(linear.shape, 100) }
  const found = engine().runKernel(BoundedQuadratic, inputs) as Tensor
  return add(exact, sub(found, stopGradient(exact)))
}

/** What `@kshot/core` computes with its own kernels, where a backend has them. */
export const coreOperations: readonly Operation[] = [
  ['logSoftmax of core', logits, ({ x }) => logSoftmax(x!)],
  ['logSumExp of core', logits, ({ x }) => logSumExp(x!)],
  ['softmax of tfjs', logits, ({ x }) => tfSoftmax(x!)],
  ['softmax of core', logits, ({ x }) => softmax(x!)],
  [
    'softmaxCrossEntropy',
    logits,
    ({ x }) => softmaxCrossEntropy(x!, labels(), { reduction: 'none' }),
  ],
  ['solvePositive', { z: [5, 3], b: [5, 2] }, solved],
  ['solvePositive, a batch', { z: [3, 4, 2], b: [3, 4, 1] }, solved],
  ['quadratic program', { z: [4, 3], b: [4, 1] }, quadratic],
  ['binaryCrossEntropy', logits, ({ x }) => binaryCrossEntropy(x!, shares())],
  ['meanSquaredError', { x: [4, 3], t: [4, 3] }, ({ x, t }) => meanSquaredError(x!, t!)],
  ['sumLeading', { x: [3, 2, 4] }, ({ x }) => sumLeading(x!)],
  ['batch norm', images, batchNorm(false)],
  ['batch norm, ReLU', images, batchNorm(true)],
  ['batch norm, ReLU, max-pool', images, batchNorm(true, 2)],
  ['batch norm of a vector', { x: [5, 3], gamma: [3], beta: [3] }, batchNorm(false)],
  [
    'conv block on grey images',
    { x: [3, 6, 6, 1], filter: [3, 3, 1, 8], gamma: [8], beta: [8] },
    convBlock,
  ],
  ['step of Adam', { g: [3, 4] }, adamStep],
  [
    'scatterND',
    { x: [3] },
    ({ x }) => reshape(scatterND(tensor([0, 2, 0], [3, 1], 'int32'), x!, [4]), [4]),
  ],
]
