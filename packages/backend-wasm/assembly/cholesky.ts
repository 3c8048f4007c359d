// Linear equations of symmetric, positive definite matrices. The decomposition is in doubles: it squares what
// rounding has done to the matrix, and is small beside the products that made it.

/** Half the distance between 1 and the next float32: what rounding has done to a number, relative to it. */
const ROUNDING: f64 = 1.0 / 16777216.0

/**
 * a x = b for each of `batch` matrices: a `[n, n]`, of which the lower triangle is read, b and x `[n, m]`.
 * `scratch` has room for n × n + n × m doubles. 0, or 1 + the row of the first pivot that is no larger than the
 * rounding of its diagonal, counted over all matrices; `pivot` is then its value.
 */
export function solvePositive(
  batch: i32, n: i32, m: i32, a: usize, b: usize, x: usize, scratch: usize, pivot: usize,
): i32 {
  const factor = scratch
  const y = scratch + ((<usize>n * <usize>n) << 3)
  for (let t = 0; t < batch; t++) {
    const failed = decompose(n, a, factor, pivot)
    if (failed != 0) return failed + t * n
    forward(n, m, factor, b, y)
    backward(n, m, factor, y, x)
    a += (<usize>n * <usize>n) << 2
    b += (<usize>n * <usize>m) << 2
    x += (<usize>n * <usize>m) << 2
  }
  return 0
}

/** a = L Lᵀ, row by row; the diagonal of L is kept as its inverse. */
function decompose(n: i32, a: usize, l: usize, pivot: usize): i32 {
  const row = <usize>n << 3
  for (let i = 0; i < n; i++) {
    const li = l + <usize>i * row
    const ai = a + ((<usize>i * <usize>n) << 2)
    for (let j = 0; j < i; j++) {
      const lj = l + <usize>j * row
      const rest = <f64>load<f32>(ai + (<usize>j << 2)) - dot(j, li, lj)
      store<f64>(li + (<usize>j << 3), rest * load<f64>(lj + (<usize>j << 3)))
    }
    const diagonal = <f64>load<f32>(ai + (<usize>i << 2))
    const rest = diagonal - dot(i, li, li)
    if (!(rest > ROUNDING * diagonal)) {
      store<f32>(pivot, <f32>rest)
      return i + 1
    }
    store<f64>(li + (<usize>i << 3), 1 / sqrt<f64>(rest))
  }
  return 0
}

// @ts-ignore: decorator
@inline
function dot(n: i32, p: usize, q: usize): f64 {
  let sums = f64x2.splat(0)
  let k: i32 = 0
  for (; k + 2 <= n; k += 2) {
    const at = <usize>k << 3
    sums = f64x2.add(sums, f64x2.mul(v128.load(p + at), v128.load(q + at)))
  }
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
  if (k < n) sum += load<f64>(p + (<usize>k << 3)) * load<f64>(q + (<usize>k << 3))
  return sum
}

/** L y = b. */
function forward(n: i32, m: i32, l: usize, b: usize, y: usize): void {
  const width = <usize>m << 3
  for (let i = 0; i < n; i++) {
    const yi = y + <usize>i * width
    const bi = b + ((<usize>i * <usize>m) << 2)
    for (let c = 0; c < m; c++) store<f64>(yi + (<usize>c << 3), <f64>load<f32>(bi + (<usize>c << 2)))
    const li = l + ((<usize>i * <usize>n) << 3)
    for (let k = 0; k < i; k++) subtract(m, load<f64>(li + (<usize>k << 3)), y + <usize>k * width, yi)
    scale(m, load<f64>(li + (<usize>i << 3)), yi)
  }
}

/** Lᵀ x = y, in place, and rounded to x. */
function backward(n: i32, m: i32, l: usize, y: usize, x: usize): void {
  const width = <usize>m << 3
  for (let i = n - 1; i >= 0; i--) {
    const yi = y + <usize>i * width
    const li = l + ((<usize>i * <usize>n) << 3)
    scale(m, load<f64>(li + (<usize>i << 3)), yi)
    for (let k = 0; k < i; k++) subtract(m, load<f64>(li + (<usize>k << 3)), yi, y + <usize>k * width)
    const xi = x + ((<usize>i * <usize>m) << 2)
    for (let c = 0; c < m; c++) store<f32>(xi + (<usize>c << 2), <f32>load<f64>(yi + (<usize>c << 3)))
  }
}

/** to −= factor · from. */
// @ts-ignore: decorator
@inline
function subtract(m: i32, factor: f64, from: usize, to: usize): void {
  const factors = f64x2.splat(factor)
  let c: i32 = 0
  for (; c + 2 <= m; c += 2) {
    const at = <usize>c << 3
    v128.store(to + at, f64x2.sub(v128.load(to + at), f64x2.mul(factors, v128.load(from + at))))
  }
  if (c < m) {
    const at = <usize>c << 3
    store<f64>(to + at, load<f64>(to + at) - factor * load<f64>(from + at))
  }
}

// @ts-ignore: decorator
@inline
function scale(m: i32, factor: f64, to: usize): void {
  for (let c = 0; c < m; c++) {
    const at = <usize>c << 3
    store<f64>(to + at, load<f64>(to + at) * factor)
  }
}
