import {
  add,
  cast,
  clipByValue,
  cos,
  cosh,
  div,
  exp,
  greater,
  greaterEqual,
  lessEqual,
  logicalAnd,
  mul,
  neg,
  reciprocal,
  rsqrt,
  sigmoid,
  sign,
  sin,
  sinh,
  square,
  step,
  sub,
  type Tensor,
  tanh,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { type Gradient, type Gradients, offTape } from './gradient'
import { sumTo } from './sum-to'

/** A kernel of one input `x` from dy · f′(x). */
// biome-ignore lint/suspicious/noExplicitAny: each kernel has attributes of its own
function unary(f: (dy: Tensor, x: Tensor, attrs: any) => Tensor, input = 'x'): Gradient {
  return { saves: [input], gradient: (dy, [x], attrs) => ({ [input]: () => f(dy, x, attrs) }) }
}

const mask = (condition: () => Tensor): Tensor => offTape(() => cast(condition(), 'float32'))
const flat = unary((dy) => zerosLike(dy))

// SELU's constants (Klambauer et al. 2017)
const SELU_ALPHA = 1.7580993408473768
const SELU_SCALE = 1.0507009873554805

/** Element-wise kernels of one input. */
export const unaries: Gradients = {
  Neg: unary((dy) => neg(dy)),
  Exp: unary((dy, x) => mul(dy, exp(x))),
  Expm1: unary((dy, x) => mul(dy, exp(x))),
  Log: unary((dy, x) => div(dy, x)),
  Log1p: unary((dy, x) => div(dy, add(x, 1))),
  Sqrt: unary((dy, x) => mul(mul(dy, 0.5), rsqrt(x))),
  Rsqrt: unary((dy, x) => mul(mul(dy, -0.5), div(rsqrt(x), x))),
  Square: unary((dy, x) => mul(dy, mul(2, x))),
  Reciprocal: unary((dy, x) => neg(mul(dy, square(reciprocal(x))))),
  Sin: unary((dy, x) => mul(dy, cos(x))),
  Cos: unary((dy, x) => neg(mul(dy, sin(x)))),
  Tan: unary((dy, x) => div(dy, square(cos(x)))),
  Asin: unary((dy, x) => mul(dy, rsqrt(sub(1, square(x))))),
  Acos: unary((dy, x) => neg(mul(dy, rsqrt(sub(1, square(x)))))),
  Atan: unary((dy, x) => div(dy, add(1, square(x)))),
  Sinh: unary((dy, x) => mul(dy, cosh(x))),
  Cosh: unary((dy, x) => mul(dy, sinh(x))),
  Tanh: unary((dy, x) => mul(dy, sub(1, square(tanh(x))))),
  Sigmoid: unary((dy, x) => {
    const y = sigmoid(x)
    return mul(dy, mul(y, sub(1, y)))
  }),
  Softplus: unary((dy, x) => mul(dy, sigmoid(x))),
  Erf: unary((dy, x) => mul(dy, mul(2 / Math.sqrt(Math.PI), exp(neg(square(x)))))),
  Abs: unary((dy, x) =>
    mul(
      dy,
      offTape(() => sign(x)),
    ),
  ),
  Relu: unary((dy, x) =>
    mul(
      dy,
      offTape(() => step(x)),
    ),
  ),
  Relu6: unary((dy, x) =>
    mul(
      dy,
      offTape(() => mul(step(x), step(sub(6, x)))),
    ),
  ),
  LeakyRelu: unary((dy, x, { alpha }) =>
    mul(
      dy,
      offTape(() => step(x, alpha)),
    ),
  ),
  // x > 0: 1, else eˣ; the exponent is held at 0 there, so that eˣ cannot overflow
  Elu: unary((dy, x) => mul(dy, add(positive(x), expOfNegative(x)))),
  Selu: unary((dy, x) => {
    const [up, down] = [
      mul(positive(x), SELU_SCALE),
      mul(expOfNegative(x), SELU_SCALE * SELU_ALPHA),
    ]
    return mul(dy, add(up, down))
  }),
  ClipByValue: unary((dy, x, { clipValueMin, clipValueMax }) =>
    mul(
      dy,
      mask(() => logicalAnd(greaterEqual(x, clipValueMin), lessEqual(x, clipValueMax))),
    ),
  ),
  Prelu: {
    saves: ['x', 'alpha'],
    gradient: (dy, [x, alpha]: [Tensor, Tensor]) => {
      const up = mask(() => greater(x, 0))
      const down = mask(() => lessEqual(x, 0))
      return {
        x: () => mul(dy, add(up, mul(down, alpha))),
        alpha: () => sumTo(mul(dy, mul(down, x)), alpha.shape),
      }
    },
  },
  Sign: flat,
  Floor: flat,
  Ceil: flat,
  Round: flat,
  Step: flat,
}

function positive(x: Tensor): Tensor {
  return offTape(() => step(x))
}

function expOfNegative(x: Tensor): Tensor {
  const negative = offTape(() => sub(1, step(x)))
  return mul(negative, exp(clipped(x)))
}

/** min(x, 0), with the derivative 1 below 0. */
function clipped(x: Tensor): Tensor {
  return clipByValue(x, -1e38, 0)
}
