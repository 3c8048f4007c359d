// Convolutions 3 × 3 with stride 1 by Winograd's F(4 × 4, 3 × 3): 36 products of matrices for 16 outputs
// in the place of 144. Channels are multiples of 8.
//
// A block of tiles goes through all stages before the next one: patch, transform, products, transform.

import { gather } from './lib/gather'
import { PANEL, panelAcross, panelRows } from './lib/tile'
import { ofInput, ofOutputs, ofProducts, ofTapGrads, ofTaps } from './lib/transforms'

/** Products of each tile. */
const POINTS: i32 = 36
/** Bytes of four channels at all points. */
const SQUARE: usize = 576

// Of tiles by channels; a line of the cache more, since planes a power of two apart share one set.
// @ts-ignore: decorator
@inline
function planeOf(tiles: i32, channels: i32): usize {
  return (<usize>(tiles * channels) << 2) + 64
}

/** Bytes of scratch for blocks of `tiles`, from C to K channels. */
export function winogradScratch(tiles: i32, C: i32, K: i32): i32 {
  const planes = planeOf(tiles, C) + planeOf(tiles, K)
  return <i32>(SQUARE + <usize>(POINTS * max(C, K)) * 4 + <usize>POINTS * planes)
}

/** The filter `[3, 3, C, K]` as `[3, 3, K, C]`, turned by half a turn. */
export function turnFilter(C: i32, K: i32, w: usize, to: usize): void {
  const bytes = <usize>(C * K) << 2
  to += 8 * bytes
  for (let t = 0; t < 9; t++) {
    transpose(C, K, w, to)
    w += bytes
    to -= bytes
  }
}

function transpose(C: i32, K: i32, from: usize, to: usize): void {
  const sf = <usize>K << 2, st = <usize>C << 2
  for (let c = 0; c < C; c += 4) {
    let f = from + <usize>c * sf, t = to + (<usize>c << 2)
    for (let k = 0; k < K; k += 4) {
      const r0 = v128.load(f), r1 = v128.load(f + sf), r2 = v128.load(f + 2 * sf), r3 = v128.load(f + 3 * sf)
      const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
      const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
      v128.store(t, v128.shuffle<f64>(t0, t1, 0, 2))
      v128.store(t + st, v128.shuffle<f64>(t0, t1, 1, 3))
      v128.store(t + 2 * st, v128.shuffle<f64>(t2, t3, 0, 2))
      v128.store(t + 3 * st, v128.shuffle<f64>(t2, t3, 1, 3))
      f += 16
      t += 4 * st
    }
  }
}

/** Bytes of a transformed filter. */
export function winogradFilterBytes(C: i32, K: i32): i32 {
  return POINTS * <i32>planeOf(C, K)
}

/** A filter `[3, 3, C, K]` transformed, in panels: `[36, K / 8, C, 8]`. `scratch`: 576 bytes. */
export function winogradFilter(C: i32, K: i32, w: usize, u: usize, scratch: usize): void {
  const tap = <usize>(C * K) << 2, plane = planeOf(C, K)
  for (let k = 0; k < K; k += 4) {
    let to = u + <usize>(k >> 3) * <usize>C * PANEL + (<usize>(k & 4) << 2)
    let from = w + (<usize>k << 2)
    for (let c = 0; c < C; c++) {
      for (let j: usize = 0; j < 3; j++) ofTaps(from + j * tap, 3 * tap, scratch + 16 * j, 48)
      for (let i: usize = 0; i < 6; i++) ofTaps(scratch + 48 * i, 16, to + 6 * i * plane, plane)
      to += PANEL
      from += <usize>K << 2
    }
  }
}

// The patches of tiles `first` to `first + count`, transformed: `[36, tiles, C]`.
function transformInputs(
  first: i32, count: i32,
  x: usize, H: i32, W: i32, C: i32, rows: i32, columns: i32, top: i32, left: i32,
  v: usize, plane: usize, square: usize, patch: usize,
): void {
  const pixel = <usize>C << 2
  for (let t = 0; t < count; t++) {
    gather(first + t, 1, x, H, W, C, rows, columns, 4, -top, 1, 6, 4, -left, 1, 6, patch)
    for (let c: usize = 0; c < pixel; c += 16) {
      const from = patch + c
      for (let j: usize = 0; j < 6; j++) ofInput(from + j * pixel, 6 * pixel, square + 16 * j, 96)
      for (let i: usize = 0; i < 6; i++) ofInput(square + 96 * i, 16, v + c + 6 * i * plane, plane)
    }
    v += pixel
  }
}

// The same of derivatives of outputs, by the transposed transform.
function transformOutputs(
  first: i32, count: i32,
  dy: usize, OH: i32, OW: i32, K: i32, rows: i32, columns: i32,
  v: usize, plane: usize, square: usize, patch: usize,
): void {
  const pixel = <usize>K << 2
  for (let t = 0; t < count; t++) {
    gather(first + t, 1, dy, OH, OW, K, rows, columns, 4, 0, 1, 4, 4, 0, 1, 4, patch)
    for (let c: usize = 0; c < pixel; c += 16) {
      const from = patch + c
      for (let j: usize = 0; j < 4; j++) ofOutputs(from + j * pixel, 4 * pixel, square + 16 * j, 64)
      for (let i: usize = 0; i < 6; i++) ofOutputs(square + 64 * i, 16, v + c + 6 * i * plane, plane)
    }
    v += pixel
  }
}

// The products of one tile `[36, …, K]` to its outputs, as far as they exist.
function tileOut(
  m: usize, plane: usize, pixel: usize, out: usize, line: usize, height: i32, width: i32, square: usize,
): void {
  for (let c: usize = 0; c < pixel; c += 16) {
    for (let j: usize = 0; j < 6; j++) ofProducts(m + c + j * plane, 6 * plane, square + 16 * j, 96)
    let to = out + c
    for (let i = 0; i < height; i++, to += line) {
      const row = square + 96 * <usize>i
      if (width == 4) ofProducts(row, 16, to, pixel)
      else {
        ofProducts(row, 16, row, 16)
        for (let j = 0; j < width; j++) v128.store(to + <usize>j * pixel, v128.load(row + 16 * <usize>j))
      }
    }
  }
}

/** The convolution of x `[images, H, W, C]` with a transformed filter: `[images, OH, OW, K]`. */
export function winogradRows(
  images: i32, x: usize, H: i32, W: i32, C: i32, u: usize, K: i32,
  out: usize, OH: i32, OW: i32, top: i32, left: i32,
  tiles: i32, scratch: usize,
): void {
  const rows = (OH + 3) >> 2, columns = (OW + 3) >> 2, total = images * rows * columns
  const planeV = planeOf(tiles, C), planeM = planeOf(tiles, K)
  const patch = scratch + SQUARE
  const v = patch + (<usize>(POINTS * max(C, K)) << 2), m = v + <usize>POINTS * planeV
  const pixel = <usize>K << 2, line = <usize>OW * pixel
  for (let first = 0; first < total; first += tiles) {
    const count = min(total - first, tiles)
    transformInputs(first, count, x, H, W, C, rows, columns, top, left, v, planeV, scratch, patch)
    multiply(count, C, K, v, planeV, u, m, planeM)
    let from = m
    for (let t = first; t < first + count; t++, from += pixel) {
      const column = t % columns << 2, row = (t / columns) % rows << 2
      const at = out + <usize>((t / (columns * rows)) * OH + row) * line + <usize>column * pixel
      tileOut(from, planeM, pixel, at, line, min(OH - row, 4), min(OW - column, 4), scratch)
    }
  }
}

function multiply(
  count: i32, C: i32, K: i32, v: usize, planeV: usize, u: usize, m: usize, planeM: usize,
): void {
  const sa = <usize>C << 2, sc = <usize>K << 2
  for (let point = 0; point < POINTS; point++) {
    for (let k: usize = 0; k < sc; k += PANEL) {
      panelRows(count, C, v, sa, u + k * <usize>C, PANEL, m + k, sc, false)
    }
    u += planeOf(C, K)
    v += planeV
    m += planeM
  }
}

/** Bytes of scratch of {@link winogradFilterGrad}. */
export function winogradFilterGradScratch(tiles: i32, C: i32, K: i32): i32 {
  return winogradScratch(tiles, C, K) + POINTS * C * K * 4
}

/** The derivative in the filter `[3, 3, C, K]`. */
export function winogradFilterGrad(
  images: i32, x: usize, H: i32, W: i32, C: i32, K: i32,
  dy: usize, OH: i32, OW: i32, top: i32, left: i32,
  dw: usize, tiles: i32, scratch: usize,
): void {
  const rows = (OH + 3) >> 2, columns = (OW + 3) >> 2, total = images * rows * columns
  const planeV = planeOf(tiles, C), planeY = planeOf(tiles, K)
  const patch = scratch + SQUARE
  const v = patch + (<usize>(POINTS * max(C, K)) << 2), y = v + <usize>POINTS * planeV
  const du = y + <usize>POINTS * planeY
  if (total == 0) memory.fill(du, 0, <usize>(POINTS * C * K) << 2)
  for (let first = 0; first < total; first += tiles) {
    const count = min(total - first, tiles)
    transformInputs(first, count, x, H, W, C, rows, columns, top, left, v, planeV, scratch, patch)
    transformOutputs(first, count, dy, OH, OW, K, rows, columns, y, planeY, scratch, patch)
    accumulate(count, C, K, v, planeV, y, planeY, du, first > 0)
  }
  tapGrads(C * K, du, dw, scratch)
}

function accumulate(
  count: i32, C: i32, K: i32, v: usize, planeV: usize, y: usize, planeY: usize, du: usize, add: bool,
): void {
  const sa = <usize>C << 2, sb = <usize>K << 2
  for (let point = 0; point < POINTS; point++) {
    for (let k: usize = 0; k < sb; k += PANEL) {
      panelAcross(C, count, v, sa, y + k, sb, du + k, sb, add)
    }
    v += planeV
    y += planeY
    du += <usize>C * sb
  }
}

function tapGrads(n: i32, du: usize, dw: usize, square: usize): void {
  const tap = <usize>n << 2
  for (let at: usize = 0; at < tap; at += 16) {
    for (let j: usize = 0; j < 6; j++) ofTapGrads(du + at + j * tap, 6 * tap, square + 16 * j, 96)
    for (let i: usize = 0; i < 3; i++) ofTapGrads(square + 96 * i, 16, dw + at + 3 * i * tap, tap)
  }
}
