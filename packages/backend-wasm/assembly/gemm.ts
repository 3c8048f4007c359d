// C = A · B, either of them transposed, for each of a batch.

import { packColumns, packRows } from './lib/pack'
import { narrow, PANEL, panelAcross, panelRows } from './lib/tile'

// A panel of B and the rows of A that meet it stay in the first cache, a block of A in the second.
const DEPTH: i32 = 256
const HEIGHT: i32 = 64
const WIDTH: i32 = 512

/** Bytes of scratch that {@link gemm} needs. */
export function gemmScratch(N: i32, K: i32): i32 {
  return HEIGHT * <i32>PANEL + min(K, DEPTH) * ((min(N, WIDTH) + 7) & ~7) * 4
}

/** `count` products; `nextA`, `nextB`: bytes from one matrix to the next, 0 for the same again. */
export function gemm(
  count: i32, M: i32, N: i32, K: i32,
  a: usize, nextA: usize, transposeA: bool,
  b: usize, nextB: usize, transposeB: bool,
  c: usize, scratch: usize,
): void {
  const bytes = <usize>M * <usize>N * 4
  for (let i = 0; i < count; i++) {
    product(M, N, K, a, transposeA, b, transposeB, c, scratch)
    a += nextA
    b += nextB
    c += bytes
  }
}

function product(
  M: i32, N: i32, K: i32,
  a: usize, transposeA: bool,
  b: usize, transposeB: bool,
  c: usize, scratch: usize,
): void {
  if (K == 0) memory.fill(c, 0, <usize>M * <usize>N * 4)
  const sa = <usize>(transposeA ? M : K) << 2
  const sb = <usize>(transposeB ? K : N) << 2
  const panels = scratch + <usize>HEIGHT * PANEL
  // few rows do not pay for packing what can be read as it lies
  const inPlace = !transposeB && M < 24
  for (let n = 0; n < N; n += WIDTH) {
    const width = min(N - n, WIDTH)
    const whole = inPlace ? width & ~7 : 0
    for (let k = 0; k < K; k += DEPTH) {
      const depth = min(K - k, DEPTH)
      const from = transposeB ? b + <usize>n * sb + (<usize>k << 2) : b + <usize>k * sb + (<usize>n << 2)
      const a0 = transposeA ? a + <usize>k * sa : a + (<usize>k << 2)
      const c0 = c + (<usize>n << 2)
      if (whole > 0) blocks(M, whole, depth, a0, sa, transposeA, from, sb, PANEL, c0, N, k > 0, scratch)
      if (whole == width) continue
      const rest = from + (<usize>whole << 2)
      if (transposeB) packColumns(depth, width, from, sb, panels)
      else packRows(depth, width - whole, rest, sb, panels)
      const next = <usize>depth * PANEL
      const c1 = c0 + (<usize>whole << 2)
      blocks(M, width - whole, depth, a0, sa, transposeA, panels, PANEL, next, c1, N, k > 0, scratch)
    }
  }
}

// `sb`: bytes between rows of B within a panel, `next`: between panels, `ldc`: numbers in a row of C
function blocks(
  M: i32, N: i32, K: i32,
  a: usize, sa: usize, transposeA: bool,
  b: usize, sb: usize, next: usize,
  c: usize, ldc: i32, add: bool, edge: usize,
): void {
  const sc = <usize>ldc << 2
  for (let m = 0; m < M; m += HEIGHT) {
    const height = min(M - m, HEIGHT)
    const a0 = transposeA ? a + (<usize>m << 2) : a + <usize>m * sa
    let c0 = c + <usize>m * sc, b0 = b
    for (let n = 0; n < N; n += 8) {
      const wide = N - n >= 8
      const to = wide ? c0 : edge, st = wide ? sc : PANEL
      if (transposeA) panelAcross(height, K, a0, sa, b0, sb, to, st, add && wide)
      else panelRows(height, K, a0, sa, b0, sb, to, st, add && wide)
      if (!wide) narrow(height, N - n, edge, c0, sc, add)
      b0 += next
      c0 += PANEL
    }
  }
}
