import {
  add,
  cast,
  cos,
  cosh,
  div,
  exp,
  mul,
  neg,
  relu,
  rsqrt,
  sigmoid,
  sin,
  sinh,
  sqrt,
  square,
  step,
  sub,
  type Tensor,
  tanh,
} from '@tensorflow/tfjs-core'
import { sumTo } from '../broadcast'
import { type Gradients, offTape, rule, unary } from './gradient'

const SELU_SCALE = 1.0507009873554805
const SELU_SCALE_ALPHA = 1.7580993408473768

/** 1 where x > 0, else `otherwise`; a constant. Wasm steps 20 times faster than it compares. */
const positive = (x: Tensor, otherwise = 0) => offTape(() => step(x, otherwise))

/** e^min(x, 0): the slope of ELU, itself differentiable. */
const expOfNegative = (x: Tensor) => exp(neg(relu(neg(x))))

export const unaries: Gradients = {
  Neg: rule([], (dy: Tensor) => ({ x: () => neg(dy) })),
  Exp: unary((dy, x) => mul(dy, exp(x))),
  Expm1: unary((dy, x) => mul(dy, exp(x))),
  Log: unary((dy, x) => div(dy, x)),
  Log1p: unary((dy, x) => div(dy, add(x, 1))),
  Sqrt: unary((dy, x) => div(dy, mul(sqrt(x), 2))),
  Rsqrt: unary((dy, x) => mul(dy, mul(div(rsqrt(x), x), -0.5))),
  Square: unary((dy, x) => mul(dy, mul(x, 2))),
  Reciprocal: unary((dy, x) => neg(div(dy, square(x)))),
  Abs: unary((dy, x) => mul(dy, positive(x, -1))),

  Sigmoid: unary((dy, x) => {
    const y = sigmoid(x)
    return mul(dy, mul(y, sub(1, y)))
  }),
  Tanh: unary((dy, x) => mul(dy, sub(1, square(tanh(x))))),
  Softplus: unary((dy, x) => mul(dy, sigmoid(x))),
  Erf: unary((dy, x) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  Relu: unary((dy, x) => mul(dy, positive(x))),
  Relu6: unary((dy, x) =>
    mul(
      dy,
      offTape(() => sub(step(x), step(sub(x, 6)))),
    ),
  ),
  LeakyRelu: unary((dy, x, { alpha }) => mul(dy, positive(x, alpha))),
  Prelu: rule(['x', 'alpha'], (dy: Tensor, [x, alpha]) => {
    const negative = () => offTape(() => sub(1, step(x!)))
    return {
      x: () => mul(dy, add(positive(x!), mul(alpha!, negative()))),
      alpha: () => sumTo(mul(dy, mul(x!, negative())), alpha!.shape),
    }
  }),
  Elu: unary((dy, x) => mul(dy, expOfNegative(x))),
  Selu: unary((dy, x) => {
    const above = mul(positive(x), SELU_SCALE)
    const below = offTape(() => mul(sub(1, step(x)), SELU_SCALE_ALPHA))
    return mul(dy, add(above, mul(expOfNegative(x), below)))
  }),
  ClipByValue: unary((dy, x, { clipValueMin, clipValueMax }) =>
    mul(
      dy,
      offTape(() => sub(sub(1, step(sub(clipValueMin, x))), step(sub(x, clipValueMax)))),
    ),
  ),

  Sin: unary((dy, x) => mul(dy, cos(x))),
  Cos: unary((dy, x) => neg(mul(dy, sin(x)))),
  Tan: unary((dy, x) => div(dy, square(cos(x)))),
  Asin: unary((dy, x) => mul(dy, rsqrt(sub(1, square(x))))),
  Acos: unary((dy, x) => neg(mul(dy, rsqrt(sub(1, square(x)))))),
  Atan: unary((dy, x) => div(dy, add(square(x), 1))),
  Sinh: unary((dy, x) => mul(dy, cosh(x))),
  Cosh: unary((dy, x) => mul(dy, sinh(x))),
  Asinh: unary((dy, x) => mul(dy, rsqrt(add(square(x), 1)))),
  Acosh: unary((dy, x) => mul(dy, rsqrt(sub(square(x), 1)))),
  Atanh: unary((dy, x) => div(dy, sub(1, square(x)))),

  Cast: rule([], (dy: Tensor) => ({ x: () => cast(dy, 'float32') })),
}
