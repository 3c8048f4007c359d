// Element-wise arithmetic of two tensors with broadcasting, and of one.

const ADD: i32 = 0
const SUB: i32 = 1
const MUL: i32 = 2
const DIV: i32 = 3
const MAX: i32 = 4
const MIN: i32 = 5
const SQUARED_DIFFERENCE: i32 = 6

/**
 * out `[n0, n1, n2]`, of a and b with strides in bytes: 0 along an axis that is broadcast, and along the
 * last axis 0 or 4, not both of them 0 unless n2 is 1.
 */
export function binary(
  op: i32, n0: i32, n1: i32, n2: i32,
  a: usize, a0: usize, a1: usize, a2: usize,
  b: usize, b0: usize, b1: usize, b2: usize,
  out: usize,
): void {
  switch (op) {
    case ADD: return each(ADD, n0, n1, n2, a, a0, a1, a2, b, b0, b1, b2, out)
    case SUB: return each(SUB, n0, n1, n2, a, a0, a1, a2, b, b0, b1, b2, out)
    case MUL: return each(MUL, n0, n1, n2, a, a0, a1, a2, b, b0, b1, b2, out)
    case DIV: return each(DIV, n0, n1, n2, a, a0, a1, a2, b, b0, b1, b2, out)
    case MAX: return each(MAX, n0, n1, n2, a, a0, a1, a2, b, b0, b1, b2, out)
    case MIN: return each(MIN, n0, n1, n2, a, a0, a1, a2, b, b0, b1, b2, out)
    default: return each(SQUARED_DIFFERENCE, n0, n1, n2, a, a0, a1, a2, b, b0, b1, b2, out)
  }
}

// @ts-ignore: decorator
@inline
function each(
  op: i32, n0: i32, n1: i32, n2: i32,
  a: usize, a0: usize, a1: usize, a2: usize,
  b: usize, b0: usize, b1: usize, b2: usize,
  out: usize,
): void {
  const bytes = <usize>n2 << 2
  for (let i = 0; i < n0; i++) {
    let p = a + <usize>i * a0, q = b + <usize>i * b0
    for (let j = 0; j < n1; j++) {
      if (a2 != 0 && b2 != 0) both(op, p, q, out, bytes)
      else if (a2 != 0) right(op, p, load<f32>(q), out, bytes)
      else left(op, load<f32>(p), q, out, bytes)
      out += bytes
      p += a1
      q += b1
    }
  }
}

// @ts-ignore: decorator
@inline
function both(op: i32, a: usize, b: usize, out: usize, bytes: usize): void {
  const end = out + bytes
  for (; out + 32 <= end; out += 32, a += 32, b += 32) {
    v128.store(out, four(op, v128.load(a), v128.load(b)))
    v128.store(out, four(op, v128.load(a, 16), v128.load(b, 16)), 16)
  }
  for (; out + 16 <= end; out += 16, a += 16, b += 16) {
    v128.store(out, four(op, v128.load(a), v128.load(b)))
  }
  for (; out < end; out += 4, a += 4, b += 4) store<f32>(out, one(op, load<f32>(a), load<f32>(b)))
}

// @ts-ignore: decorator
@inline
function right(op: i32, a: usize, b: f32, out: usize, bytes: usize): void {
  const end = out + bytes, y = f32x4.splat(b)
  for (; out + 16 <= end; out += 16, a += 16) v128.store(out, four(op, v128.load(a), y))
  for (; out < end; out += 4, a += 4) store<f32>(out, one(op, load<f32>(a), b))
}

// @ts-ignore: decorator
@inline
function left(op: i32, a: f32, b: usize, out: usize, bytes: usize): void {
  const end = out + bytes, x = f32x4.splat(a)
  for (; out + 16 <= end; out += 16, b += 16) v128.store(out, four(op, x, v128.load(b)))
  for (; out < end; out += 4, b += 4) store<f32>(out, one(op, a, load<f32>(b)))
}

// @ts-ignore: decorator
@inline
function four(op: i32, x: v128, y: v128): v128 {
  if (op == ADD) return f32x4.add(x, y)
  if (op == SUB) return f32x4.sub(x, y)
  if (op == MUL) return f32x4.mul(x, y)
  if (op == DIV) return f32x4.div(x, y)
  if (op == MAX) return f32x4.max(x, y)
  if (op == MIN) return f32x4.min(x, y)
  const d = f32x4.sub(x, y)
  return f32x4.mul(d, d)
}

// @ts-ignore: decorator
@inline
function one(op: i32, x: f32, y: f32): f32 {
  if (op == ADD) return x + y
  if (op == SUB) return x - y
  if (op == MUL) return x * y
  if (op == DIV) return x / y
  if (op == MAX) return max(x, y)
  if (op == MIN) return min(x, y)
  return (x - y) * (x - y)
}

const RELU: i32 = 0
const STEP: i32 = 1
const NEG: i32 = 2
const SQUARE: i32 = 3
const SQRT: i32 = 4
const RSQRT: i32 = 5

/** n numbers; `parameter` is the slope of a step below zero. */
export function unary(op: i32, n: i32, x: usize, out: usize, parameter: f32): void {
  switch (op) {
    case RELU: return map(RELU, n, x, out, parameter)
    case STEP: return map(STEP, n, x, out, parameter)
    case NEG: return map(NEG, n, x, out, parameter)
    case SQUARE: return map(SQUARE, n, x, out, parameter)
    case SQRT: return map(SQRT, n, x, out, parameter)
    default: return map(RSQRT, n, x, out, parameter)
  }
}

// @ts-ignore: decorator
@inline
function map(op: i32, n: i32, x: usize, out: usize, parameter: f32): void {
  const end = out + (<usize>n << 2)
  for (; out + 32 <= end; out += 32, x += 32) {
    v128.store(out, apply(op, v128.load(x), parameter))
    v128.store(out, apply(op, v128.load(x, 16), parameter), 16)
  }
  for (; out + 16 <= end; out += 16, x += 16) v128.store(out, apply(op, v128.load(x), parameter))
  for (; out < end; out += 4, x += 4) {
    store<f32>(out, f32x4.extract_lane(apply(op, v128.load32_zero(x), parameter), 0))
  }
}

// @ts-ignore: decorator
@inline
function apply(op: i32, x: v128, parameter: f32): v128 {
  // NaN stays NaN
  if (op == RELU) return f32x4.max(x, f32x4.splat(0))
  if (op == STEP) {
    const positive = v128.bitselect(f32x4.splat(1), f32x4.splat(parameter), f32x4.gt(x, f32x4.splat(0)))
    return v128.bitselect(positive, x, f32x4.eq(x, x))
  }
  if (op == NEG) return f32x4.neg(x)
  if (op == SQUARE) return f32x4.mul(x, x)
  if (op == SQRT) return f32x4.sqrt(x)
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(x))
}

/** n numbers between two bounds; NaN stays NaN. */
export function clip(n: i32, x: usize, out: usize, low: f32, high: f32): void {
  const end = out + (<usize>n << 2), from = f32x4.splat(low), to = f32x4.splat(high)
  for (; out + 16 <= end; out += 16, x += 16) {
    v128.store(out, f32x4.min(f32x4.max(v128.load(x), from), to))
  }
  for (; out < end; out += 4, x += 4) store<f32>(out, min(max(load<f32>(x), low), high))
}
