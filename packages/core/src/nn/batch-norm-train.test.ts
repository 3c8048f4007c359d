import { activate, leaked, relativeError } from '@kshot/testkit'
import {
  add,
  conv2d,
  engine,
  mul,
  profile,
  randomNormal,
  type Scalar,
  square,
  sum,
  type Tensor,
  type Tensor4D,
  tanh,
  tensor,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { grad, hvp } from '../autodiff'
import { isKshotError } from '../errors'
import { rng } from '../random'
import * as tree from '../tree'
import { withBatchNormKernels } from './batch-norm-kernels.testing'
import { batchNormTrain } from './batch-norm-train'
import { convBlock } from './conv-block'
import { conv4, finnNet } from './models'

type Inputs = { readonly x: Tensor; readonly gamma: Tensor; readonly beta: Tensor }

const draw = (shape: number[], seed: number) => randomNormal(shape, 0, 1, 'float32', seed)
const numbers = (t: tree.Params) => tree.leaves(t).flatMap((x) => [...x.dataSync()])

function inputs(): Inputs {
  return { x: draw([3, 2, 4, 5], 1), gamma: draw([5], 2), beta: draw([5], 3) }
}

/** A loss that is smooth but for the ReLU, and curved in y. */
const loss =
  (options: { epsilon: number; relu?: boolean }) =>
  ({ x, gamma, beta }: Inputs): Scalar => {
    const { y } = batchNormTrain(x, gamma, beta, options)
    return sum(mul(square(tanh(y)), draw(y.shape, 4)))
  }

describe('batchNormTrain', () => {
  beforeAll(() => activate('cpu'))

  it.each([false, true])('is the same by kernels and composed, relu %s', (relu) => {
    const f = loss({ epsilon: 1e-3, relu })
    const [p, v] = [inputs(), tree.map((t, path) => draw(t.shape, path.length + 7), inputs())]
    const all = () => [f(p), grad(f)(p), hvp(f, p, v)].map(numbers)
    const byKernels = withBatchNormKernels(all)
    all().forEach((expected, i) => {
      expect(relativeError(byKernels[i]!, expected)).toBeLessThan(1e-5)
    })
  })

  it('runs one kernel forward, one backward and one for the backward of it', async () => {
    const f = loss({ epsilon: 1e-3, relu: true })
    const p = inputs()
    const runs = await withBatchNormKernels(() => profile(() => hvp(f, p, p) as never))
    const names = runs.kernelNames.filter((name) => name.startsWith('BatchNorm'))
    expect(names.sort()).toEqual(['BatchNormTrain', 'BatchNormTrainGrad', 'BatchNormTrainGradGrad'])
  })

  it('takes 1 for a gamma that is not given', () => {
    const [x, beta] = [draw([6, 3], 1), draw([3], 2)]
    const ones = tensor([1, 1, 1])
    const options = { epsilon: 1e-3, relu: true }
    const given = numbers(batchNormTrain(x, ones, beta, options).y)
    const missing = () => numbers(batchNormTrain(x, undefined, beta, options).y)
    expect(relativeError(missing(), given)).toBeLessThan(1e-6)
    expect(relativeError(withBatchNormKernels(missing), given)).toBeLessThan(1e-6)
  })

  it.each(['by kernels', 'composed'])('gives statistics without a derivative, %s', (how) => {
    const f = ({ x, gamma, beta }: Inputs) => {
      const { y, mean, variance } = batchNormTrain(x, gamma, beta, { epsilon: 1e-3 })
      return sum(mul(y, mul(mean, variance)))
    }
    const run = () => {
      const p = inputs()
      const { mean, variance } = batchNormTrain(p.x, p.gamma, p.beta, { epsilon: 1e-3 })
      const weight = mul(mean, variance)
      const constant = (q: Inputs) =>
        sum(mul(batchNormTrain(q.x, q.gamma, q.beta, { epsilon: 1e-3 }).y, weight))
      return [grad(f)(p), grad(constant)(p)].map(numbers)
    }
    const [actual, expected] = how === 'composed' ? run() : withBatchNormKernels(run)
    expect(Math.hypot(...expected!)).toBeGreaterThan(0.1)
    expect(relativeError(actual!, expected!)).toBeLessThan(1e-5)
  })

  it('is composed inside of three gradients, and where a backend lacks one of the kernels', () => {
    const p = inputs()
    const f = loss({ epsilon: 1e-3 })
    const third = () => numbers(grad((q: Inputs) => sum(square(hvp(f, q, p).x)))(p))
    const expected = third()
    expect(relativeError(withBatchNormKernels(third), expected)).toBeLessThan(1e-6)
    const second = () => numbers(hvp(f, p, p))
    expect(withBatchNormKernels(second, 'BatchNormTrainGradGrad')).toEqual(second())
  })

  it('names the kernel when a third derivative of kernels is asked for', () => {
    const p = inputs()
    const attrs = { epsilon: 1e-3, relu: false, groups: 1 }
    const f = (q: Inputs) => {
      const [y] = engine().runKernel('BatchNormTrain', { ...q }, attrs) as never as [Tensor]
      return sum(square(tanh(y))) as Scalar
    }
    const third = () => withBatchNormKernels(() => grad((q: Inputs) => sum(hvp(f, q, p).x))(p))
    expect(third).toThrow('BatchNormTrainGradGrad')
    try {
      third()
    } catch (error) {
      expect(isKshotError(error) && error.code).toBe('autodiff/no-gradient')
    }
  })

  it('leaves no tensor behind, also by kernels', async () => {
    const p = inputs()
    const f = loss({ epsilon: 1e-3, relu: true })
    expect(await leaked(() => withBatchNormKernels(() => tree.dispose(hvp(f, p, p))))).toBe(0)
  })

  it.each([
    ['conv4', conv4({ filters: 3, blocks: 2, innerSteps: 2 })],
    ['finnNet', finnNet({ filters: 3, blocks: 2, gamma: false })],
  ] as const)(
    '%s is the same by kernels and composed: state, first and second derivative',
    (_, net) => {
      const { params, state } = net.init(rng(1), [8, 8, 1])
      const x = draw([4, 8, 8, 1], 5)
      const apply = (p: tree.Params) =>
        net.apply({ params: p, state }, x, { norm: 'batch', innerStep: 1 })
      const f = (p: tree.Params) => sum(square(tanh(apply(p).y))) as Scalar
      const all = () => [apply(params).state, grad(f)(params), hvp(f, params, params)].map(numbers)
      const byKernels = withBatchNormKernels(all)
      all().forEach((expected, i) => {
        expect(relativeError(byKernels[i]!, expected)).toBeLessThan(1e-5)
      })
    },
  )
})

describe('convBlock', () => {
  beforeAll(() => activate('cpu'))
  const block = convBlock({ filters: 3 })
  const weights = () => block.init(rng(2), [4, 4, 2])
  type BlockParams = { conv: { filter: Tensor; bias: Tensor }; norm: tree.Params }

  it('gives the bias a gradient of exactly zero with batch statistics, and moves the mean by it', () => {
    const { params, state } = weights()
    const x = draw([3, 4, 4, 2], 1)
    const apply = (p: tree.Params) => block.apply({ params: p, state }, x, { norm: 'batch' })
    const slope = grad((p: tree.Params) => sum(square(apply(p).y)) as Scalar)(params)
    const { conv } = slope as BlockParams
    expect(numbers(conv.bias)).toEqual([0, 0, 0])
    expect(Math.hypot(...numbers(conv.filter))).toBeGreaterThan(0.01)
    const before = params as BlockParams
    const moved = { ...before, conv: { ...before.conv, bias: tensor([1, 2, 3]) } }
    const zero = { ...before, conv: { ...before.conv, bias: tensor([0, 0, 0]) } }
    const [a, b] = [apply(moved), apply(zero)]
    expect(numbers(a.y)).toEqual(numbers(b.y))
    const mean = (state: tree.Params) => numbers((state as { mean: Tensor }).mean)
    const difference = mean(a.state).map((m, i) => m - mean(b.state)[i]!)
    expect(relativeError(difference, [0.1, 0.2, 0.3])).toBeLessThan(1e-5)
  })

  it('takes running statistics, or none, with the bias: layers one by one give the same', () => {
    const { params } = weights()
    const state = { mean: tensor([0.1, -0.2, 0.3]), variance: tensor([0.5, 1, 2]) }
    const x = draw([3, 4, 4, 2], 1)
    const { conv, norm } = params as BlockParams
    const oneByOne = (mode: 'running' | 'none') => {
      const plain = convBlock({ filters: 3, pool: 0 })
      const y = plain.apply({ params, state }, x, { norm: mode }).y
      return numbers(y)
    }
    expect(numbers(norm).length).toBe(6)
    const affine = numbers(
      add(conv2d(x as Tensor4D, conv.filter as Tensor4D, 1, 'same'), conv.bias),
    )
    const scaled = affine.map((v, i) => {
      const c = i % 3
      const at = (t: Tensor) => t.dataSync()[c]!
      return Math.max(0, (v - at(state.mean)) / Math.sqrt(at(state.variance) + 1e-5))
    })
    expect(relativeError(oneByOne('running'), scaled)).toBeLessThan(1e-5)
    expect(
      relativeError(
        oneByOne('none'),
        affine.map((v) => Math.max(0, v)),
      ),
    ).toBeLessThan(1e-6)
  })
})
