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
      const a = row * (i / 3) + (i % 3) * 8
      products(h, w & ~1, row, image, a, to + i * 8, to + 72 + i * 72)
      if (w & 1) lastColumn(h, row, image + <usize>(w - 1) * 8, a, to + i * 8, to + 72 + i * 72)
    }
  }
}

// Σ p_i and Σ p_i p_j for j = 0 … 8 of one image, two pixels at a time; `a`: how far tap i lies from a pixel
function products(h: i32, w: i32, row: usize, image: usize, a: usize, s: usize, R: usize): void {
  let sum = f64x2.splat(0)
  let r0 = sum, r1 = sum, r2 = sum, r3 = sum, r4 = sum, r5 = sum, r6 = sum, r7 = sum, r8 = sum
  for (let r = 0; r < h; r++) {
    for (let x = image, end = image + <usize>w * 8; x < end; x += 16) {
      const p = v128.load(x + a), below = x + row, last = below + row
      sum = f64x2.add(sum, p)
      r0 = f64x2.add(r0, f64x2.mul(p, v128.load(x)))
      r1 = f64x2.add(r1, f64x2.mul(p, v128.load(x, 8)))
      r2 = f64x2.add(r2, f64x2.mul(p, v128.load(x, 16)))
      r3 = f64x2.add(r3, f64x2.mul(p, v128.load(below)))
      r4 = f64x2.add(r4, f64x2.mul(p, v128.load(below, 8)))
      r5 = f64x2.add(r5, f64x2.mul(p, v128.load(below, 16)))
      r6 = f64x2.add(r6, f64x2.mul(p, v128.load(last)))
      r7 = f64x2.add(r7, f64x2.mul(p, v128.load(last, 8)))
      r8 = f64x2.add(r8, f64x2.mul(p, v128.load(last, 16)))
    }
    image += row
  }
  add(s, sum)
  add(R, r0)
  add(R + 8, r1)
  add(R + 16, r2)
  add(R + 24, r3)
  add(R + 32, r4)
  add(R + 40, r5)
  add(R + 48, r6)
  add(R + 56, r7)
  add(R + 64, r8)
}

// @ts-ignore: decorator
@inline
function add(at: usize, x: v128): void {
  store<f64>(at, load<f64>(at) + f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1))
}

// the same for the last pixel of each row
function lastColumn(h: i32, row: usize, image: usize, a: usize, s: usize, R: usize): void {
  for (let r = 0; r < h; r++) {
    const p = load<f64>(image + a)
    store<f64>(s, load<f64>(s) + p)
    for (let j = 0; j < 9; j++) {
      const at = R + j * 8
      store<f64>(at, load<f64>(at) + p * load<f64>(image + row * (j / 3) + (j % 3) * 8))
    }
    image += row
  }
}
