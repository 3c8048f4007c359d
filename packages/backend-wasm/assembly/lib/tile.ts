// The innermost loop of all products: up to 4 × 8 numbers of C in registers.
//
// A is read one number at a time and spread over a vector, B eight at a time. Larger tiles need more
// than the 16 registers of x86 and are slower. Each variant is a function of its own: a function that
// is called often is compiled by the optimising compiler, a loop inside one long call is not.

import { madd, zero } from './simd'

/** Bytes of a row of a packed panel of B: eight numbers. */
export const PANEL: usize = 32

// `across`: A is transposed, the numbers of a tile's rows lie side by side and `sa` leads to the next k;
// else `sa` leads to the next row, and the next k lies beside.
// @ts-ignore: decorator
@inline
function tile(
  rows: i32,
  across: bool,
  K: i32,
  a: usize,
  sa: usize,
  b: usize,
  sb: usize,
  c: usize,
  sc: usize,
  add: bool,
): void {
  let c00 = zero(), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
  let a0 = a, a1 = a + sa, a2 = a1 + sa, a3 = a2 + sa
  for (let k = 0; k < K; k++) {
    const b0 = v128.load(b), b1 = v128.load(b, 16)
    b += sb
    let x = v128.load32_splat(a0)
    c00 = madd(x, b0, c00)
    c01 = madd(x, b1, c01)
    if (rows > 1) {
      x = across ? v128.load32_splat(a0, 4) : v128.load32_splat(a1)
      c10 = madd(x, b0, c10)
      c11 = madd(x, b1, c11)
    }
    if (rows > 2) {
      x = across ? v128.load32_splat(a0, 8) : v128.load32_splat(a2)
      c20 = madd(x, b0, c20)
      c21 = madd(x, b1, c21)
      x = across ? v128.load32_splat(a0, 12) : v128.load32_splat(a3)
      c30 = madd(x, b0, c30)
      c31 = madd(x, b1, c31)
    }
    if (across) a0 += sa
    else {
      a0 += 4
      if (rows > 1) a1 += 4
      if (rows > 2) {
        a2 += 4
        a3 += 4
      }
    }
  }
  put(c, c00, c01, add)
  if (rows > 1) put(c + sc, c10, c11, add)
  if (rows > 2) {
    put(c + 2 * sc, c20, c21, add)
    put(c + 3 * sc, c30, c31, add)
  }
}

// @ts-ignore: decorator
@inline
function put(c: usize, x: v128, y: v128, add: bool): void {
  if (add) {
    x = f32x4.add(v128.load(c), x)
    y = f32x4.add(v128.load(c, 16), y)
  }
  v128.store(c, x)
  v128.store(c, y, 16)
}

function rows4(K: i32, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, add: bool): void {
  tile(4, false, K, a, sa, b, sb, c, sc, add)
}

function rows2(K: i32, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, add: bool): void {
  tile(2, false, K, a, sa, b, sb, c, sc, add)
}

function rows1(K: i32, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, add: bool): void {
  tile(1, false, K, a, sa, b, sb, c, sc, add)
}

function across4(K: i32, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, add: bool): void {
  tile(4, true, K, a, sa, b, sb, c, sc, add)
}

function across2(K: i32, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, add: bool): void {
  tile(2, true, K, a, sa, b, sb, c, sc, add)
}

function across1(K: i32, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, add: bool): void {
  tile(1, true, K, a, sa, b, sb, c, sc, add)
}

/** C [M, 8] = (or += where `add`) A · B; A `[M, K]`, B with rows `sb` bytes apart. */
export function panelRows(
  M: i32, K: i32, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, add: bool,
): void {
  let m = 0
  for (; m + 4 <= M; m += 4) {
    rows4(K, a, sa, b, sb, c, sc, add)
    a += 4 * sa
    c += 4 * sc
  }
  if (m + 2 <= M) {
    rows2(K, a, sa, b, sb, c, sc, add)
    a += 2 * sa
    c += 2 * sc
    m += 2
  }
  if (m < M) rows1(K, a, sa, b, sb, c, sc, add)
}

/** The same where A is transposed, `[K, M]` with rows `sa` bytes apart. */
export function panelAcross(
  M: i32, K: i32, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, add: bool,
): void {
  let m = 0
  for (; m + 4 <= M; m += 4) {
    across4(K, a, sa, b, sb, c, sc, add)
    a += 16
    c += 4 * sc
  }
  if (m + 2 <= M) {
    across2(K, a, sa, b, sb, c, sc, add)
    a += 8
    c += 2 * sc
    m += 2
  }
  if (m < M) across1(K, a, sa, b, sb, c, sc, add)
}

/** C [M, width] = (or +=) the first `width` columns of T [M, 8]. */
export function narrow(M: i32, width: i32, t: usize, c: usize, sc: usize, add: bool): void {
  for (let m = 0; m < M; m++) {
    for (let j: usize = 0; j < <usize>width * 4; j += 4) {
      store<f32>(c + j, add ? load<f32>(c + j) + load<f32>(t + j) : load<f32>(t + j))
    }
    t += PANEL
    c += sc
  }
}
