// Convolutions as matrix products of gathered rows, block by block: the rows of a block fit in the
// second cache, and no image is ever unrolled as a whole.

import { gather, gatherAcross } from './lib/gather'
import { packColumns, packRows } from './lib/pack'
import { copy } from './lib/rows'
import { narrow, PANEL, panelAcross, panelRows } from './lib/tile'

/** Outputs in a block. */
const HEIGHT: i32 = 64
const DEPTH: i32 = 640
/** Bytes between the rows of a block that is gathered across. */
const ACROSS: usize = 256

function panelsOf(K: i32, N: i32): i32 {
  return K * ((N + 7) & ~7) * 4
}

/** Bytes of the filter once it is packed for {@link convRows}: K numbers a tap and channel, N outputs. */
export function convFilterBytes(K: i32, N: i32): i32 {
  return panelsOf(K, N)
}

/** Bytes of scratch that {@link convRows} needs. */
export function convRowsScratch(K: i32, N: i32): i32 {
  return HEIGHT * (K + N + 8) * 4
}

/** Bytes of scratch that {@link convFilterGrad} needs. */
export function convFilterGradScratch(K: i32, N: i32): i32 {
  return HEIGHT * K * 4 + panelsOf(HEIGHT, N) + 16 * <i32>PANEL
}

/** Packs a filter `[K, N]`. */
export function packFilter(K: i32, N: i32, filter: usize, to: usize): void {
  packRows(K, N, filter, <usize>N << 2, to)
}

/**
 * Packs a filter `[kh, kw, C, O]` turned, for the derivative in the input: the taps i0 + si·u, j0 + sj·v,
 * as `[nu, nv, O]` by C.
 */
export function packTurned(
  KW: i32, C: i32, O: i32,
  i0: i32, si: i32, nu: i32,
  j0: i32, sj: i32, nv: i32,
  filter: usize, to: usize,
): void {
  const sb = <usize>O << 2
  for (let n = 0; n < C; n += 8) {
    for (let u = 0; u < nu; u++) {
      for (let v = 0; v < nv; v++) {
        const tap = (i0 + si * u) * KW + j0 + sj * v
        packColumns(O, min(C - n, 8), filter + <usize>(tap * C + n) * sb, sb, to)
        to += <usize>O * PANEL
      }
    }
  }
}

/**
 * Outputs of a convolution with a packed filter: those of a grid `[GH, GW]` that lies in the outputs
 * `[n, DH, DW, N]` at rows dy + sy·y and columns dx + sx·x. What is read for each: `lib/gather.ts`.
 */
export function convRows(
  images: i32, x: usize, H: i32, W: i32, C: i32,
  GH: i32, GW: i32,
  ay: i32, by: i32, ty: i32, nu: i32,
  ax: i32, bx: i32, tx: i32, nv: i32,
  N: i32, filter: usize,
  out: usize, DH: i32, DW: i32, dy: i32, sy: i32, dx: i32, sx: i32,
  scratch: usize,
): void {
  const K = nu * nv * C, total = images * GH * GW
  const pixel = <usize>N << 2
  const whole = sy == 1 && sx == 1 && GH == DH && GW == DW
  // a single tap that reads all pixels in order needs no copy of them
  const inPlace = nu * nv == 1 && ay == 1 && ax == 1 && by == 0 && bx == 0 && GH == H && GW == W
  const results = scratch + (<usize>(HEIGHT * K) << 2)
  const edge = results + (<usize>(HEIGHT * N) << 2)
  for (let p = 0; p < total; p += HEIGHT) {
    const count = min(total - p, HEIGHT)
    const to = whole ? out + <usize>p * pixel : results
    if (inPlace) multiply(count, N, K, x + (<usize>p * <usize>K << 2), filter, to, edge)
    else if (C == 1) {
      gatherAcross(p, count, x, H, W, GH, GW, ay, by, ty, nu, ax, bx, tx, nv, scratch, ACROSS)
      multiplyAcross(count, N, K, scratch, filter, to, edge)
    } else {
      gather(p, count, x, H, W, C, GH, GW, ay, by, ty, nu, ax, bx, tx, nv, scratch)
      multiply(count, N, K, scratch, filter, to, edge)
    }
    if (!whole) scatter(p, count, results, pixel, GH, GW, out, DH, DW, dy, sy, dx, sx)
  }
}

function multiply(M: i32, N: i32, K: i32, a: usize, filter: usize, c: usize, edge: usize): void {
  const sa = <usize>K << 2, sc = <usize>N << 2
  for (let k = 0; k < max(K, 1); k += DEPTH) {
    const depth = min(K - k, DEPTH)
    let b = filter + <usize>k * PANEL
    for (let n = 0; n < N; n += 8) {
      const c0 = c + (<usize>n << 2), a0 = a + (<usize>k << 2)
      if (N - n >= 8) panelRows(M, depth, a0, sa, b, PANEL, c0, sc, k > 0)
      else {
        panelRows(M, depth, a0, sa, b, PANEL, edge, PANEL, false)
        narrow(M, N - n, edge, c0, sc, k > 0)
      }
      b += <usize>K * PANEL
    }
  }
}

function multiplyAcross(
  M: i32, N: i32, K: i32, a: usize, filter: usize, c: usize, edge: usize,
): void {
  const sc = <usize>N << 2
  for (let n = 0; n < N; n += 8) {
    if (N - n >= 8) panelAcross(M, K, a, ACROSS, filter, PANEL, c, sc, false)
    else {
      panelAcross(M, K, a, ACROSS, filter, PANEL, edge, PANEL, false)
      narrow(M, N - n, edge, c, sc, false)
    }
    filter += <usize>K * PANEL
    c += PANEL
  }
}

function scatter(
  first: i32, count: i32, from: usize, pixel: usize,
  GH: i32, GW: i32,
  out: usize, DH: i32, DW: i32, dy: i32, sy: i32, dx: i32, sx: i32,
): void {
  let gx = first % GW, gy = (first / GW) % GH, image = first / (GW * GH)
  for (let i = 0; i < count; i++) {
    const at = (image * DH + dy + sy * gy) * DW + dx + sx * gx
    copy(from, out + <usize>at * pixel, pixel)
    from += pixel
    if (++gx == GW) {
      gx = 0
      if (++gy == GH) {
        gy = 0
        image++
      }
    }
  }
}

/** The derivative in the filter `[nu, nv, C, N]`: the gathered rows of x, transposed, times dy. */
export function convFilterGrad(
  images: i32, x: usize, H: i32, W: i32, C: i32,
  GH: i32, GW: i32,
  ay: i32, by: i32, ty: i32, nu: i32,
  ax: i32, bx: i32, tx: i32, nv: i32,
  N: i32, dy: usize, dw: usize,
  scratch: usize,
): void {
  const K = nu * nv * C, total = images * GH * GW
  const panels = scratch + (<usize>(HEIGHT * K) << 2)
  const edge = panels + <usize>panelsOf(HEIGHT, N)
  const sc = <usize>N << 2
  if (total == 0) memory.fill(dw, 0, <usize>K * sc)
  for (let p = 0; p < total; p += HEIGHT) {
    const count = min(total - p, HEIGHT)
    const from = dy + <usize>p * sc
    if (C == 1) {
      gatherAcross(p, count, x, H, W, GH, GW, ay, by, ty, nu, ax, bx, tx, nv, scratch, ACROSS)
      accumulateRows(K, N, count, scratch, from, panels, dw, edge, p > 0)
    } else {
      gather(p, count, x, H, W, C, GH, GW, ay, by, ty, nu, ax, bx, tx, nv, scratch)
      packRows(count, N, from, sc, panels)
      accumulate(K, N, count, scratch, panels, dw, edge, p > 0)
    }
  }
}

// Sixteen rows of the result at a time: a line of the cache of each gathered row, used up at once.
function accumulate(
  K: i32, N: i32, count: i32, a: usize, panels: usize, dw: usize, edge: usize, add: bool,
): void {
  const sa = <usize>K << 2, sc = <usize>N << 2
  for (let k = 0; k < K; k += 16) {
    const height = min(K - k, 16)
    let b = panels
    for (let n = 0; n < N; n += 8) {
      const c = dw + <usize>k * sc + (<usize>n << 2), a0 = a + (<usize>k << 2)
      if (N - n >= 8) panelAcross(height, count, a0, sa, b, PANEL, c, sc, add)
      else {
        panelAcross(height, count, a0, sa, b, PANEL, edge, PANEL, false)
        narrow(height, N - n, edge, c, sc, add)
      }
      b += <usize>count * PANEL
    }
  }
}

// Few rows of the result: dy is read as it lies, but for columns that fill no panel.
function accumulateRows(
  K: i32, N: i32, count: i32, a: usize, dy: usize, panels: usize, dw: usize, edge: usize, add: bool,
): void {
  const sc = <usize>N << 2
  for (let n = 0; n < N; n += 8) {
    if (N - n >= 8) panelRows(K, count, a, ACROSS, dy, sc, dw, sc, add)
    else {
      packRows(count, N - n, dy, sc, panels)
      for (let k = 0; k < K; k += 16) {
        const height = min(K - k, 16), at = <usize>k
        panelRows(height, count, a + at * ACROSS, ACROSS, panels, PANEL, edge, PANEL, false)
        narrow(height, N - n, edge, dw + at * sc, sc, add)
      }
    }
    dy += PANEL
    dw += PANEL
  }
}
