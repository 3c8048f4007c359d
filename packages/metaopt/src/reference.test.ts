import { readFileSync } from 'node:fs'
import { cpu } from '@kshot/backend-cpu'
import { node } from '@kshot/backend-node'
import { wasm } from '@kshot/backend-wasm'
import { grad, hvp } from '@kshot/core'
import { activate, leaked } from '@kshot/testkit'
import { vmap } from '@kshot/vmap'
import {
  add,
  cast,
  eye,
  matMul,
  mul,
  oneHot,
  type Scalar,
  scalar,
  stack,
  sum,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { logisticDuals, ridgeWeights, svmDuals } from './index'

// Of other libraries, in float64: reference/make.py says which.
type Matrix = number[][]
interface Problem {
  readonly z: Matrix
  readonly labels: number[]
}
type Svm = Problem & {
  readonly c: number
  readonly ridge: number
  readonly alpha: Matrix
  readonly condition: number
}
type Regression = Problem & { readonly lambda: number; readonly weights: Matrix }
type Derivatives = Problem & {
  readonly weights: Matrix
  readonly direction: Matrix
  readonly solution: Matrix
  readonly gradient: Matrix
  readonly difference: number
  readonly second: Matrix
}
const values = JSON.parse(
  readFileSync(new URL('../reference/data/heads.json', import.meta.url), 'utf8'),
) as {
  readonly svm: Svm[]
  readonly logistic: Regression[]
  readonly ridge: Regression[]
  readonly derivatives: { readonly [head in 'ridge' | 'logistic' | 'svm']: Derivatives }
}

const { available } = await node().available()
const backends = [
  ['wasm', wasm()],
  ['wasm without kernels of kshot', wasm({ kernels: 'stock' })],
  ['cpu', cpu()],
  ...(available ? [['node', node()] as const] : []),
] as const

const stock = (backend: string) => backend === 'wasm without kernels of kshot'

const gram = (z: Tensor2D, ridge: number) =>
  add(matMul(z, z, false, true), mul(ridge, eye(z.shape[0]))) as Tensor2D

const oneHotOf = ({ labels }: Problem) =>
  cast(oneHot(tensor1d(labels, 'int32'), Math.max(...labels) + 1), 'float32') as Tensor2D

/** The largest difference, relative to the largest number that was expected. */
function error(actual: Tensor, wanted: Matrix): number {
  const numbers = actual.dataSync()
  const expected = wanted.flat()
  expect(numbers).toHaveLength(expected.length)
  const largest = Math.max(...expected.map(Math.abs))
  return Math.max(...expected.map((v, i) => Math.abs(numbers[i]! - v))) / largest
}

/** Of primal over dual, in doubles, for the kernel matrix that the head was given. */
function dualityGap(kernel: Matrix, { labels, c }: Svm, alpha: Matrix): number {
  const dot = (a: number[], b: number[]) => a.reduce((s, v, i) => s + v * b[i]!, 0)
  const columns = alpha[0]!.map((_, k) => alpha.map((row) => row[k]!))
  const f = kernel.map((row) => columns.map((column) => dot(row, column)))
  const quadratic = f.reduce((s, row, i) => s + dot(row, alpha[i]!), 0)
  const linear = labels.reduce((s, k, i) => s + alpha[i]![k]!, 0)
  const margin = f.map((row, i) =>
    Math.max(...row.map((v, k) => (k === labels[i] ? 0 : 1) + v - row[labels[i]!]!)),
  )
  const primal = quadratic / 2 + c * margin.reduce((a, b) => a + b)
  return (primal - (linear - quadratic / 2)) / Math.max(1, primal)
}

const heads = {
  ridge: (z: Tensor2D, y: Tensor2D) => ridgeWeights(z, y, scalar(0.5)),
  // The weights, as PyTorch has them.
  logistic: (z: Tensor2D, y: Tensor2D) =>
    matMul(z, logisticDuals(gram(z, 0), y, scalar(0.5)), true),
  svm: (z: Tensor2D, y: Tensor2D) => svmDuals(gram(z, 1), y, 0.5),
}
const names = ['ridge', 'logistic', 'svm'] as const

describe.each(backends)('heads against other libraries, on %s', (name, backend) => {
  beforeAll(() => activate(backend))

  it('svm: 50 problems have the solution of an interior-point solver, and no duality gap', () => {
    expect(values.svm).toHaveLength(50)
    // Without a kernel for equations an SVM is some ten thousand operations.
    const problems = stock(name) ? values.svm.filter((_, i) => i % 10 === 3) : values.svm
    for (const problem of problems) {
      const { z, c, ridge, alpha, condition } = problem
      const kernel = gram(tensor2d(z), ridge)
      const found = svmDuals(kernel, oneHotOf(problem), c)
      // Without the kernel, which counts in doubles, the condition is in the rounding.
      const rounding = stock(name) ? 1e-6 * condition : 0
      expect(error(found, alpha)).toBeLessThan(Math.max(1e-4, rounding))
      // A product of matrices is symmetric but for its rounding.
      const lower = kernel
        .arraySync()
        .map((row, i, all) => row.map((v, j) => (j > i ? all[j]![i]! : v)))
      const gap = dualityGap(lower, problem, found.arraySync())
      expect(Math.abs(gap)).toBeLessThan(Math.max(1e-5, rounding))
    }
  })

  it('logistic: the weights of scikit-learn', () => {
    for (const problem of values.logistic) {
      const z = tensor2d(problem.z)
      const duals = logisticDuals(gram(z, 0), oneHotOf(problem), scalar(problem.lambda))
      expect(error(matMul(z, duals, true), problem.weights)).toBeLessThan(1e-4)
    }
  })

  it('ridge: the weights of scikit-learn, by both systems of equations', () => {
    for (const problem of values.ridge) {
      const weights = ridgeWeights(tensor2d(problem.z), oneHotOf(problem), scalar(problem.lambda))
      expect(error(weights, problem.weights)).toBeLessThan(1e-4)
    }
  })

  it.each(names)('%s: derivatives are those through the steps of another solver', (head) => {
    const known = values.derivatives[head]
    const [z, y] = [tensor2d(known.z), oneHotOf(known)]
    const [weights, direction] = [tensor2d(known.weights), tensor2d(known.direction)]
    expect(error(heads[head](z, y), known.solution)).toBeLessThan(1e-4)
    const loss = (z: Tensor) => sum(mul(heads[head](z as Tensor2D, y), weights)) as Scalar
    const gradient = grad(loss)(z)
    expect(error(gradient, known.gradient)).toBeLessThan(1e-4)
    const slope = sum(mul(gradient, direction))
    expect(error(slope, [[known.difference]])).toBeLessThan(1e-3)
    expect(error(hvp(loss, z, direction), known.second)).toBeLessThan(1e-3)
  })

  it.skipIf(stock(name))('says which pivot of a matrix is no more than rounding', () => {
    const repeated = tensor2d([
      [1, 2, 3],
      [1, 2, 3],
    ])
    const y = tensor2d([
      [1, 0],
      [0, 1],
    ])
    expect(() => ridgeWeights(repeated, y, scalar(1e-9))).toThrow(/pivot 1 is -?\d/)
    expect(ridgeWeights(repeated, y, scalar(1)).shape).toEqual([3, 2])
  })

  it.each(names)('%s: two tasks at once are as one by one, and leave no tensor', async (head) => {
    const known = values.derivatives[head]
    const [z, y] = [tensor2d(known.z), oneHotOf(known)]
    const both = stack([z, mul(z, 0.9)])
    const run = vmap(({ z }: { z: Tensor }) => heads[head](z as Tensor2D, y))
    const wanted = stack([heads[head](z, y), heads[head](mul(z, 0.9), y)])
    const found = run({ z: both })
    expect(error(found, [Array.from(wanted.dataSync())])).toBeLessThan(1e-5)
    expect(await leaked(() => run({ z: both }).dispose())).toBe(0)
  })
})
