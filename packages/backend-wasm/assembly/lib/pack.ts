// B in panels of eight columns, each `[K, 8]`, the last filled up with zeros: the inner loop reads it as
// it lies, and never beyond its end.

import { PANEL } from './tile'

/** Packs B `[K, N]`, rows `sb` bytes apart. */
export function packRows(K: i32, N: i32, b: usize, sb: usize, to: usize): void {
  for (let n = 0; n < N; n += 8) {
    let from = b + (<usize>n << 2)
    if (N - n >= 8) {
      for (let k = 0; k < K; k++) {
        v128.store(to, v128.load(from))
        v128.store(to, v128.load(from, 16), 16)
        from += sb
        to += PANEL
      }
    } else {
      for (let k = 0; k < K; k++) {
        for (let j = 0; j < 8; j++) {
          store<f32>(to + (<usize>j << 2), n + j < N ? load<f32>(from + (<usize>j << 2)) : 0)
        }
        from += sb
        to += PANEL
      }
    }
  }
}

/** Packs B given as its transpose `[N, K]`, rows `sb` bytes apart. */
export function packColumns(K: i32, N: i32, b: usize, sb: usize, to: usize): void {
  for (let n = 0; n < N; n += 8) {
    packHalf(K, min(N - n, 4), b + <usize>n * sb, sb, to)
    packHalf(K, min(N - n - 4, 4), b + <usize>(n + 4) * sb, sb, to + 16)
    to += <usize>K * PANEL
  }
}

// four columns of a panel; `width` of them exist
function packHalf(K: i32, width: i32, b: usize, sb: usize, to: usize): void {
  let k = 0
  if (width == 4) {
    const b1 = b + sb, b2 = b1 + sb, b3 = b2 + sb
    for (; k + 4 <= K; k += 4) {
      const at = <usize>k << 2
      const r0 = v128.load(b + at), r1 = v128.load(b1 + at), r2 = v128.load(b2 + at), r3 = v128.load(b3 + at)
      const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
      const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
      v128.store(to, v128.shuffle<f64>(t0, t1, 0, 2))
      v128.store(to, v128.shuffle<f64>(t0, t1, 1, 3), 32)
      v128.store(to, v128.shuffle<f64>(t2, t3, 0, 2), 64)
      v128.store(to, v128.shuffle<f64>(t2, t3, 1, 3), 96)
      to += 4 * PANEL
    }
  }
  for (; k < K; k++) {
    for (let j = 0; j < 4; j++) {
      const value: f32 = j < width ? load<f32>(b + <usize>j * sb + (<usize>k << 2)) : 0
      store<f32>(to + (<usize>j << 2), value)
    }
    to += PANEL
  }
}
