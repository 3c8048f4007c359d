import { hvp, logSoftmax, logSumExp, softmaxCrossEntropy, valueAndGrad } from '@kshot/core'
import {
  add,
  avgPool,
  concat,
  conv2d,
  div,
  elu,
  exp,
  expandDims,
  gather,
  log,
  matMul,
  max,
  maxPool,
  mean,
  min,
  mul,
  pow,
  relu,
  reshape,
  rsqrt,
  type Scalar,
  sigmoid,
  softmax,
  softplus,
  sqrt,
  square,
  squaredDifference,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tanh,
  unstack,
} from '@tensorflow/tfjs-core'
import { numbersOf } from '../numbers'
import type { Check, within } from './compare'
import { type ReferenceTensor, type ReferenceTree, toTensor } from './format'

type Named = { readonly [name: string]: Tensor }

/** An operation with its value, its gradient, and its Hessian times a vector. */
interface OperationCase {
  readonly op: string
  readonly inputs: ReferenceTree
  readonly w: ReferenceTensor
  readonly v: ReferenceTree
  readonly value: ReferenceTensor
  readonly linear?: Derivatives
  readonly squared?: Derivatives
}

interface Derivatives {
  readonly grad: ReferenceTree
  readonly hvp: ReferenceTree
}

/** The single operations of a file, to second order; one that is not known fails. */
export async function operationChecks(
  c: { ops: readonly OperationCase[] },
  compare: typeof within,
): Promise<Check[]> {
  const checks: Check[] = []
  for (const o of c.ops) checks.push(...(await checksOf(o, compare)))
  return checks
}

async function checksOf(o: OperationCase, compare: typeof within): Promise<Check[]> {
  const f = operations[o.op]
  if (!f) return [{ what: `${o.op}: no such operation here`, error: Number.NaN, ok: false }]
  return [
    compare(`${o.op}, value`, await numbersOf(f(tensors(o.inputs))), o.value.data),
    ...(await derivativeChecks(o, f, 'linear', compare)),
    ...(await derivativeChecks(o, f, 'squared', compare)),
  ]
}

async function derivativeChecks(
  o: OperationCase,
  f: (inputs: Named) => Tensor,
  form: 'linear' | 'squared',
  compare: typeof within,
): Promise<Check[]> {
  const expected = o[form]
  if (!expected) return []
  const w = toTensor(o.w)
  const scalar = (i: Named) =>
    form === 'linear'
      ? (sum(mul(w, f(i))) as Scalar)
      : (mul(sum(mul(w, square(f(i)))), 0.5) as Scalar)
  const inputs = tensors(o.inputs)
  const all = (what: string, actual: Named, wanted: ReferenceTree) =>
    Promise.all(
      Object.entries(wanted).map(async ([name, { data }]) =>
        compare(`${o.op}, ${form} ${what} by ${name}`, await numbersOf(actual[name]!), data),
      ),
    )
  return [
    ...(await all('gradient', valueAndGrad(scalar)(inputs).gradient, expected.grad)),
    ...(await all('Hessian', hvp(scalar, inputs, tensors(o.v)), expected.hvp)),
  ]
}

const tensors = (values: ReferenceTree): Named =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toTensor(value)]))

const conv = (stride: number, pad: 'same' | 'valid') => (i: Named) =>
  conv2d(i.x as Tensor4D, i.y as Tensor4D, stride, pad)
const halved = (i: Named) => maxPool(i.x as Tensor4D, 2, 2, 'valid')

const operations: { readonly [op: string]: (inputs: Named) => Tensor } = {
  exp: ({ x }) => exp(x!),
  log: ({ x }) => log(x!),
  sigmoid: ({ x }) => sigmoid(x!),
  tanh: ({ x }) => tanh(x!),
  elu: ({ x }) => elu(x!),
  softplus: ({ x }) => softplus(x!),
  relu: ({ x }) => relu(x!),
  softmax: ({ x }) => softmax(x!),
  logSoftmax: ({ x }) => logSoftmax(x!),
  logSumExp: ({ x }) => reshape(logSumExp(x!), [x!.shape[0]!]),
  sqrt: ({ x }) => sqrt(x!),
  rsqrt: ({ x }) => rsqrt(x!),
  square: ({ x }) => square(x!),
  pow: ({ x, y }) => pow(x!, y!),
  powScalar: ({ x }) => pow(x!, 2.5),
  mul: ({ x, y }) => mul(x!, y!),
  mulBroadcast: ({ x, y }) => mul(x!, y!),
  div: ({ x, y }) => div(x!, y!),
  divBroadcast: ({ x, y }) => div(x!, y!),
  max: ({ x }) => max(x!, -1),
  min: ({ x }) => min(x!, -1),
  mean: ({ x }) => mean(x!, -1),
  l2Normalize: ({ x }) => div(x!, sqrt(sum(square(x!), -1, true))),
  maxPool2d: halved,
  maxPool2dOdd: halved,
  avgPool2d: ({ x }) => avgPool(x as Tensor4D, 2, 2, 'valid'),
  conv2dStride1: conv(1, 'same'),
  conv2dStride2: conv(2, 'same'),
  conv2dStride2Odd: conv(2, 'same'),
  conv2dValid: conv(1, 'valid'),
  matMul: ({ x, y }) => matMul(x!, y!),
  gather: ({ x }) => gather(x!, [2, 0, 2]),
  batchNorm: ({ x, gamma, beta }) => batchNorm(x!, gamma!, beta!),
  softmaxCrossEntropy: ({ x }) => softmaxCrossEntropy(x!, labels(), { reduction: 'none' }),
  squaredDistance: ({ x, y }) => sum(squaredDifference(expandDims(x!, 1), expandDims(y!, 0)), -1),
  solve: ({ x, y }) => solve(x!, y!),
}

const labels = () => toTensor({ shape: [4], dtype: 'int32', data: [2, 0, 1, 2] })

/** x⁻¹ y by Gauss-Jordan elimination: it differentiates through slices, stacks and divisions. */
function solve(x: Tensor, y: Tensor): Tensor {
  const n = x.shape[0]!
  let rows = unstack(concat([x, y], 1))
  for (let i = 0; i < n; i++) {
    const at = (row: Tensor) => gather(row, [i])
    const pivot = div(rows[i]!, at(rows[i]!))
    rows = rows.map((row, k) => (k === i ? pivot : sub(row, mul(at(row), pivot))))
  }
  return gather(
    stack(rows),
    Array.from({ length: y.shape[1]! }, (_, k) => n + k),
    1,
  )
}

function batchNorm(x: Tensor, gamma: Tensor, beta: Tensor): Tensor {
  const axes = [0, 1, 2]
  const centred = sub(x, mean(x, axes))
  const variance = mean(square(centred), axes)
  return add(mul(mul(centred, rsqrt(add(variance, 1e-3))), gamma), beta)
}
