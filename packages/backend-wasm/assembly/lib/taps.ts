// Sums over the pixels of a batch of what a convolution 3 × 3 with same padding sees, in float64.

/** Bytes of s `[9]` and R `[9, 9]`. */
export const TAPS: i32 = 720

/** s = Σp and R = Σ p pᵀ, where p are the nine taps of a pixel, of n images `[h, w]`; `image`: scratch. */
export function statisticsOfTaps(n: i32, h: i32, w: i32, x: usize, to: usize, image: usize): void {
  memory.fill(to, 0, TAPS)
  const row = <usize>(w + 2) * 8
  memory.fill(image, 0, row * (h + 2))
  for (let k = 0; k < n; k++) {
    for (let r = 0; r < h; r++) {
      const line = image + row * (r + 1) + 8
      for (let q: usize = 0; q < <usize>w; q++) store<f64>(line + q * 8, <f64>load<f32>(x + q * 4))
      x += <usize>w * 4
    }
    for (let i = 0; i < 9; i++) {
      const a = image + row * (i / 3) + (i % 3) * 8
      add(to + i * 8, sum(h, w, row, a))
      for (let j = i; j < 9; j++) {
        add(to + 72 + (i * 9 + j) * 8, product(h, w, row, a, image + row * (j / 3) + (j % 3) * 8))
      }
    }
  }
  for (let i = 1; i < 9; i++) {
    for (let j = 0; j < i; j++) store<f64>(to + 72 + (i * 9 + j) * 8, load<f64>(to + 72 + (j * 9 + i) * 8))
  }
}

// @ts-ignore: decorator
@inline
function add(at: usize, x: f64): void {
  store<f64>(at, load<f64>(at) + x)
}

function sum(h: i32, w: i32, row: usize, a: usize): f64 {
  let total: f64 = 0
  for (let r = 0; r < h; r++) {
    for (let q: usize = 0; q < <usize>w; q++) total += load<f64>(a + q * 8)
    a += row
  }
  return total
}

function product(h: i32, w: i32, row: usize, a: usize, b: usize): f64 {
  let total = f64x2.splat(0), rest: f64 = 0
  const even = <usize>(w & ~1) * 8
  for (let r = 0; r < h; r++) {
    for (let q: usize = 0; q < even; q += 16) {
      total = f64x2.add(total, f64x2.mul(v128.load(a + q), v128.load(b + q)))
    }
    if (w & 1) rest += load<f64>(a + even) * load<f64>(b + even)
    a += row
    b += row
  }
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1) + rest
}
