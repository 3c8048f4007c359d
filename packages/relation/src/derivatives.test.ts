// Pairs as sums of two convolutions, against the paper's convolution of two maps one behind the other.
import { hvp, type Params, rng, tree, valueAndGrad } from '@kshot/core'
import {
  activation,
  batchNorm,
  conv2d,
  convBlock,
  dense,
  flatten,
  maxPool,
  series,
} from '@kshot/core/nn'
import { activate, relativeError, testBackends } from '@kshot/testkit'
import {
  add,
  concat,
  expandDims,
  mul,
  reshape,
  type Scalar,
  sigmoid,
  square,
  sum,
  type Tensor4D,
  tensor,
  tile,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { relationModule } from './relation-module'

const SIZES = { filters: 4, hidden: 3, eps: 1e-5, momentum: 0.1 }
const [WAYS, QUERIES, MAP] = [3, 4, [4, 5, 2]] as const

/** Figure 2, layer by layer. */
const asDrawn = series([
  conv2d({ filters: SIZES.filters }),
  batchNorm({ eps: SIZES.eps }),
  activation('relu'),
  maxPool(2),
  convBlock({ filters: SIZES.filters }),
  flatten(),
  dense({ units: SIZES.hidden }),
  activation('relu'),
  dense({ units: 1 }),
])

function everyPair(classes: Tensor4D, queries: Tensor4D): Tensor4D {
  const left = tile(expandDims(classes, 0), [QUERIES, 1, 1, 1, 1])
  const right = tile(expandDims(queries, 1), [1, WAYS, 1, 1, 1])
  return reshape(concat([left, right], 4), [QUERIES * WAYS, MAP[0], MAP[1], 2 * MAP[2]])
}

describe.each(testBackends)('the relation module on %s', (backend) => {
  beforeAll(() => activate(backend))

  it.each(['batch', 'running', 'none'] as const)(
    'is what the paper draws, with its gradient and second derivatives: norm %s',
    (norm) => {
      const module = relationModule(SIZES)
      const drawn = module.init(rng(2), MAP)
      const random = rng(3)
      const noise = (shape: readonly number[]) => {
        const size = shape.reduce((a, b) => a * b, 1)
        return tensor(Float32Array.from({ length: size }, random.normal), [...shape])
      }
      // wider than they are drawn: second derivatives that are nearly nothing would show nothing
      const weights = tree.map((x) => add(x, mul(noise(x.shape), 0.3)), drawn.params)
      const inputs = { weights, classes: noise([WAYS, ...MAP]), queries: noise([QUERIES, ...MAP]) }
      type Inputs = typeof inputs
      const { state } = drawn

      const ours = ({ weights: params, classes, queries }: Inputs) =>
        module.apply({ params, state }, classes as Tensor4D, queries as Tensor4D, norm).y
      const papers = ({ weights, classes, queries }: Inputs) => {
        const { convolution, judge } = weights as { convolution: Params; judge: Params[] }
        const [first, second, ...rest] = judge
        const [statistics, more] = state as Params[]
        return asDrawn.apply(
          {
            params: [convolution, first!, {}, {}, second!, ...rest] as Params,
            state: [{}, statistics!, {}, {}, more!, {}, {}, {}, {}],
          },
          everyPair(classes as Tensor4D, queries as Tensor4D),
          { norm },
        ).y
      }
      const numbers = (p: Params) => tree.leaves(p).flatMap((x) => [...x.dataSync()])
      const v = tree.map((x) => noise(x.shape), inputs)
      const found = [ours, papers].map((net) => {
        const f = (p: Inputs) => sum(square(sigmoid(net(p)))) as Scalar
        const { value, gradient } = valueAndGrad((p: Inputs) => ({ value: f(p), aux: {} }))(inputs)
        return {
          logits: [...net(inputs).dataSync()],
          value: value.dataSync()[0]!,
          gradient: numbers(gradient),
          product: numbers(hvp(f, inputs, v)),
        }
      })
      const [a, b] = found as [(typeof found)[0], (typeof found)[0]]
      expect(relativeError(a.logits, b.logits)).toBeLessThan(1e-4)
      expect(a.value).toBeCloseTo(b.value, 4)
      expect(Math.max(...a.product.map(Math.abs))).toBeGreaterThan(1e-3)
      expect(relativeError(a.gradient, b.gradient)).toBeLessThan(1e-4)
      expect(relativeError(a.product, b.product)).toBeLessThan(1e-4)
    },
  )
})
