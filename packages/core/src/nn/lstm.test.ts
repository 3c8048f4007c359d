import { activate, relativeError, testBackends } from '@kshot/testkit'
import { add, mul, stack, sum, type Tensor, tensor, zeros } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { hvp, valueAndGrad } from '../autodiff'
import { rng } from '../random'
import * as tree from '../tree'
import { type LstmWeights, lstmInput, lstmStep, lstmWeights } from './lstm'

const values = (x: tree.Params) => tree.leaves(x).flatMap((leaf) => [...leaf.dataSync()])

describe.each(testBackends)('LSTM on %s', (backend) => {
  beforeAll(() => activate(backend))

  it('takes the step of torch.nn.LSTMCell (3 inputs, 2 units, float64)', () => {
    const weights = {
      input: tensor(
        [
          [-0.6, -0.47, 0.26, 0.09, -1.6, -2.84, -0.0, -0.45],
          [-1.17, -1.3, -0.71, 2.31, -1.67, -0.15, -0.42, -1.22],
          [-2.04, -0.27, -0.02, -1.18, 1.06, 0.81, 0.88, 1.31],
        ],
        [3, 8],
      ),
      recurrent: tensor(
        [
          [-0.22, -1.68, 2.54, 0.98, -0.46, 1.19, -0.7, -0.3],
          [-1.34, -2.2, -1.03, 0.93, -1.65, 0.17, -0.11, -1.21],
        ],
        [2, 8],
      ),
      bias: tensor([0.4, -0.12, 0.32, 0.56, 0.87, -0.35, 0.35, 1.14]),
    }
    const x = tensor([-0.6, 1.6, -1.07, -1.22, 0.65, -0.04], [2, 3])
    const h = tensor([-0.18, -0.5, 0.87, -0.27], [2, 2])
    const c = tensor([-0.46, -0.1, 0.47, 1], [2, 2])
    const next = lstmStep(weights, lstmInput(weights, x), h, c)
    const expected = [-0.1692353, -0.02635653, 0.2850223, 0.5838144]
    expect(relativeError(values(next.h), expected)).toBeLessThan(1e-5)
    const cell = [-0.8087069, -0.1222028, 1.027494, 1.153707]
    expect(relativeError(values(next.c), cell)).toBeLessThan(1e-5)
  })

  it('draws within ±1/√units, the same from the same seed', () => {
    const drawn = () => lstmWeights(rng(4), { inputs: 5, units: 16, recurrent: 32 })
    const { input, recurrent, bias } = drawn()
    expect([input, recurrent, bias].map(({ shape }) => shape)).toEqual([[5, 64], [32, 64], [64]])
    const numbers = values(drawn())
    expect(numbers).toEqual(values({ input, recurrent, bias }))
    expect(Math.max(...numbers.map(Math.abs))).toBeLessThanOrEqual(0.25)
    expect(Math.max(...numbers.map(Math.abs))).toBeGreaterThan(0.24)
  })

  const two = () => {
    const [a, b] = [1, 2].map((seed) => lstmWeights(rng(seed), { inputs: 3, units: 2 }))
    return { a: a!, b: b! }
  }
  const xs = [1, 2, 3].map((i) => () => tensor([i, -1, 0.5, 0.3, i / 2, -2], [2, 3]))
  /** Σ of the last h and c, after steps over `xs`. */
  const unrolled = (weights: LstmWeights) => {
    let [h, c]: Tensor[] = [zeros([2, 2]), zeros([2, 2])]
    for (const x of xs) ({ h, c } = lstmStep(weights, lstmInput(weights, x()), h!, c!))
    return add(h!, c!)
  }

  it('runs several LSTMs at once, each with its own weights', () => {
    const { a, b } = two()
    const recurrent = stack([a.recurrent, b.recurrent])
    let [h, c]: Tensor[] = [zeros([2, 2, 2]), zeros([2, 2, 2])]
    for (const x of xs) {
      const input = stack([lstmInput(a, x()), lstmInput(b, x())])
      ;({ h, c } = lstmStep({ recurrent }, input, h!, c!))
    }
    const expected = [...values(unrolled(a)), ...values(unrolled(b))]
    expect(relativeError(values(add(h!, c!)), expected)).toBeLessThan(1e-6)
  })

  it('has the second derivatives of finite differences', () => {
    const { a, b: direction } = two()
    const loss = (weights: LstmWeights) => sum(mul(unrolled(weights), unrolled(weights)))
    const slope = (by: number) => {
      const at = tree.zip(([w, d]) => add(w!, mul(d!, by)), a, direction)
      return values(valueAndGrad(loss)(at).gradient)
    }
    const [ahead, back] = [slope(1e-2), slope(-1e-2)]
    const expected = ahead.map((value, i) => (value - back[i]!) / 2e-2)
    expect(relativeError(values(hvp(loss, a, direction)), expected)).toBeLessThan(1e-3)
  })
})
