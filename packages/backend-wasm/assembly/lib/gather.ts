// The numbers that a convolution multiplies, a row for each output: for tap (u, v) of output (y, x)
// those of all channels at row ay·y + by + ty·u and column ax·x + bx + tx·v; zeros outside.

import { clear, copy } from './rows'

/**
 * Rows `first` to `first + count` of the outputs `[n, GH, GW]` of images `[n, H, W, C]`, each
 * `[nu, nv, C]` long, one after the other.
 */
export function gather(
  first: i32, count: i32,
  x: usize, H: i32, W: i32, C: i32,
  GH: i32, GW: i32,
  ay: i32, by: i32, ty: i32, nu: i32,
  ax: i32, bx: i32, tx: i32, nv: i32,
  to: usize,
): void {
  const pixel = <usize>C << 2, line = <usize>W * pixel, image = <usize>H * line
  const width = <usize>nv * pixel
  let gx = first % GW, gy = (first / GW) % GH
  let from = x + <usize>(first / (GW * GH)) * image
  for (let i = 0; i < count; i++) {
    let row = ay * gy + by
    const column = ax * gx + bx
    for (let u = 0; u < nu; u++) {
      if (row < 0 || row >= H) clear(to, width)
      else taps(from + <usize>row * line, W, pixel, column, tx, nv, to)
      to += width
      row += ty
    }
    if (++gx == GW) {
      gx = 0
      if (++gy == GH) {
        gy = 0
        from += image
      }
    }
  }
}

// one row of taps; side by side they are one piece of memory
function taps(line: usize, W: i32, pixel: usize, column: i32, tx: i32, nv: i32, to: usize): void {
  if (tx == 1) {
    const before = min(max(-column, 0), nv), after = min(max(column + nv - W, 0), nv)
    const inside = nv - before - after
    clear(to, <usize>before * pixel)
    to += <usize>before * pixel
    if (inside > 0) {
      copy(line + <usize>(column + before) * pixel, to, <usize>inside * pixel)
      to += <usize>inside * pixel
    }
    clear(to, <usize>after * pixel)
    return
  }
  for (let v = 0; v < nv; v++) {
    if (column < 0 || column >= W) clear(to, pixel)
    else copy(line + <usize>column * pixel, to, pixel)
    to += pixel
    column += tx
  }
}
