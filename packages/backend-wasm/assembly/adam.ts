// Adam's moments and direction in one pass, rounded as the same operations one after the other.

/** m and v are the moments before; `m1`, `v1` those after. */
export function scaleByAdam(
  n: i32, g: usize, m: usize, v: usize,
  out: usize, m1: usize, v1: usize,
  b1: f32, rest1: f32, b2: f32, rest2: f32, eps: f32, unbiasM: f32, unbiasV: f32,
): void {
  const end = <usize>n << 2
  let at: usize = 0
  for (; at + 16 <= end; at += 16) {
    const gradient = v128.load(g + at)
    const first = mean(v128.load(m + at), gradient, b1, rest1)
    const second = mean(v128.load(v + at), f32x4.mul(gradient, gradient), b2, rest2)
    const root = f32x4.sqrt(f32x4.mul(second, f32x4.splat(unbiasV)))
    v128.store(m1 + at, first)
    v128.store(v1 + at, second)
    const unbiased = f32x4.mul(first, f32x4.splat(unbiasM))
    v128.store(out + at, f32x4.div(unbiased, f32x4.add(root, f32x4.splat(eps))))
  }
  for (; at < end; at += 4) {
    const gradient = load<f32>(g + at)
    const first = load<f32>(m + at) * b1 + gradient * rest1
    const second = load<f32>(v + at) * b2 + gradient * gradient * rest2
    store<f32>(m1 + at, first)
    store<f32>(v1 + at, second)
    store<f32>(out + at, (first * unbiasM) / (sqrt<f32>(second * unbiasV) + eps))
  }
}

// @ts-ignore: decorator
@inline
function mean(past: v128, value: v128, decay: f32, rest: f32): v128 {
  return f32x4.add(f32x4.mul(past, f32x4.splat(decay)), f32x4.mul(value, f32x4.splat(rest)))
}
