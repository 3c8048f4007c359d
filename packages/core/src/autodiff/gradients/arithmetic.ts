import {
  add,
  cast,
  div,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  mul,
  neg,
  pow,
  square,
  sub,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { type Gradient, type Gradients, offTape } from './gradient'
import { sumTo } from './sum-to'

type Pair = [a: Tensor, b: Tensor]

/** A binary kernel from its two partial derivatives, each times dy, before broadcasting is undone. */
function binary(
  da: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
  db: (dy: Tensor, a: Tensor, b: Tensor) => Tensor,
): Gradient {
  return {
    saves: ['a', 'b'],
    gradient: (dy, [a, b]: Pair) => ({
      a: () => sumTo(da(dy, a, b), a.shape),
      b: () => sumTo(db(dy, a, b), b.shape),
    }),
  }
}

const mask = (condition: () => Tensor): Tensor => offTape(() => cast(condition(), 'float32'))

/** Two-input arithmetic with broadcasting. */
export const arithmetic: Gradients = {
  Add: binary(
    (dy) => dy,
    (dy) => dy,
  ),
  Sub: binary(
    (dy) => dy,
    (dy) => neg(dy),
  ),
  Multiply: binary(
    (dy, _, b) => mul(dy, cast(b, 'float32')),
    (dy, a) => mul(dy, cast(a, 'float32')),
  ),
  RealDiv: binary(
    (dy, _, b) => div(dy, cast(b, 'float32')),
    (dy, a, b) => neg(div(mul(dy, a), square(cast(b, 'float32')))),
  ),
  FloorDiv: binary(
    (dy) => zerosLike(dy),
    (dy) => zerosLike(dy),
  ),
  Mod: binary(
    (dy) => dy,
    (dy, a, b) => mul(dy, neg(floor(div(a, b)))),
  ),
  SquaredDifference: binary(
    (dy, a, b) => mul(dy, mul(2, sub(a, b))),
    (dy, a, b) => mul(dy, mul(2, sub(b, a))),
  ),
  // On a tie both sides are largest; the derivative is given to a, as TensorFlow does.
  Maximum: binary(
    (dy, a, b) =>
      mul(
        dy,
        mask(() => greaterEqual(a, b)),
      ),
    (dy, a, b) =>
      mul(
        dy,
        mask(() => less(a, b)),
      ),
  ),
  Minimum: binary(
    (dy, a, b) =>
      mul(
        dy,
        mask(() => lessEqual(a, b)),
      ),
    (dy, a, b) =>
      mul(
        dy,
        mask(() => greater(a, b)),
      ),
  ),
  Pow: binary(
    (dy, a, b) => mul(dy, mul(b, powOf(a, sub(b, 1)))),
    (dy, a, b) => mul(dy, mul(powOf(a, b), logOrZero(a))),
  ),
  AddN: {
    saves: 'all',
    gradient: (dy, saved: Tensor[]) =>
      Object.fromEntries(saved.map((_, i) => [String(i), () => dy])),
  },
  Select: {
    saves: ['condition'],
    gradient: (dy, [condition]: [Tensor]) => {
      const chosen = () => mask(() => condition)
      return {
        condition: () => zerosLike(condition),
        t: () => mul(dy, chosen()),
        e: () => mul(dy, sub(1, chosen())),
      }
    },
  },
}

function powOf(a: Tensor, b: Tensor): Tensor {
  return pow(cast(a, 'float32'), b)
}

/** log a where a > 0, else 0: TensorFlow's derivative of a^b in b. */
function logOrZero(a: Tensor): Tensor {
  const positive = offTape(() => greater(a, 0))
  const safe = where(
    positive,
    a,
    offTape(() => add(zerosLike(a), 1)),
  )
  return log(safe)
}
