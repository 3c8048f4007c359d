import {
  add,
  addN,
  cast,
  div,
  equal,
  floor,
  log,
  mul,
  neg,
  pow,
  square,
  step,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core'
import { sumTo } from '../broadcast'
import { type Gradient, type Gradients, offTape, rule } from './gradient'

/** The rule of a function of two tensors that broadcasts. */
function binary(
  derivative: (dy: Tensor, a: Tensor, b: Tensor) => { a: () => Tensor; b: () => Tensor },
): Gradient {
  return rule(['a', 'b'], (dy: Tensor, [a, b]) => {
    const thunks = derivative(dy, a!, b!)
    return { a: () => sumTo(thunks.a(), a!.shape), b: () => sumTo(thunks.b(), b!.shape) }
  })
}

export const arithmetic: Gradients = {
  Add: binary((dy) => ({ a: () => dy, b: () => dy })),
  AddV2: binary((dy) => ({ a: () => dy, b: () => dy })),
  AddN: rule('all', (dy: Tensor, saved) =>
    Object.fromEntries(saved.map((_, i) => [i, () => addN([dy])])),
  ),
  // the sign is changed after the sum, on the smaller tensor
  Sub: rule(['a', 'b'], (dy: Tensor, [a, b]) => ({
    a: () => sumTo(dy, a!.shape),
    b: () => neg(sumTo(dy, b!.shape)),
  })),
  Multiply: binary((dy, a, b) => ({ a: () => mul(dy, b), b: () => mul(dy, a) })),
  RealDiv: binary((dy, a, b) => ({
    a: () => div(dy, b),
    b: () => neg(div(mul(dy, a), square(b))),
  })),
  SquaredDifference: binary((dy, a, b) => ({
    a: () => mul(dy, mul(sub(a, b), 2)),
    b: () => mul(dy, mul(sub(b, a), 2)),
  })),
  // of equals, the first is the maximum and the minimum
  Maximum: binary((dy, a, b) => chosen(dy, () => step(sub(b, a)))),
  Minimum: binary((dy, a, b) => chosen(dy, () => step(sub(a, b)))),
  Pow: binary((dy, a, b) => ({
    a: () => mul(dy, mul(b, pow(a, lowered(b)))),
    b: () => mul(dy, mul(pow(a, b), safeLog(a))),
  })),
  Mod: binary((dy, a, b) => ({
    a: () => dy,
    b: () =>
      neg(
        mul(
          dy,
          offTape(() => floor(div(a, b))),
        ),
      ),
  })),
  Atan2: binary((dy, a, b) => ({
    a: () => mul(dy, div(b, add(square(a), square(b)))),
    b: () => mul(dy, neg(div(a, add(square(a), square(b))))),
  })),
}

function chosen(dy: Tensor, second: () => Tensor) {
  return {
    a: () =>
      mul(
        dy,
        offTape(() => sub(1, second())),
      ),
    b: () => mul(dy, offTape(second)),
  }
}

// b − 1, but 1 where b is 0: 0 · a^−1 would be NaN at a = 0, where the derivative is 0
function lowered(b: Tensor): Tensor {
  const zero = offTape(() => cast(equal(b, 0), 'float32'))
  return add(sub(b, 1), mul(zero, 2))
}

// log a where a > 0, elsewhere 0
function safeLog(a: Tensor): Tensor {
  const positive = offTape(() => step(a))
  return log(add(mul(a, positive), sub(1, positive)))
}
