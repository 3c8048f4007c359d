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

/**
 * The same of images of one channel, transposed: `[nu, nv]` rows of `count` numbers, `st` bytes apart. An
 * output's numbers are few and far apart there, while those of a tap lie side by side.
 */
export function gatherAcross(
  first: i32, count: i32,
  x: usize, H: i32, W: i32,
  GH: i32, GW: i32,
  ay: i32, by: i32, ty: i32, nu: i32,
  ax: i32, bx: i32, tx: i32, nv: i32,
  to: usize, st: usize,
): void {
  const line = <usize>W << 2
  let gx = first % GW, gy = (first / GW) % GH
  let from = x + <usize>(first / (GW * GH)) * <usize>H * line
  while (count > 0) {
    const run = min(GW - gx, count)
    let at = to
    for (let u = 0; u < nu; u++) {
      const row = ay * gy + by + ty * u
      for (let v = 0; v < nv; v++, at += st) {
        if (row < 0 || row >= H) clear(at, <usize>run << 2)
        else every(from + <usize>row * line, W, ax * gx + bx + tx * v, ax, run, at)
      }
    }
    to += <usize>run << 2
    count -= run
    gx = 0
    if (++gy == GH) {
      gy = 0
      from += <usize>H * line
    }
  }
}

// numbers column, column + step, … of a line of W, zeros outside
function every(line: usize, W: i32, column: i32, step: i32, count: i32, to: usize): void {
  const before = min(column < 0 ? (step - 1 - column) / step : 0, count)
  const inside = max(min((W - column + step - 1) / step, count), before)
  clear(to, <usize>before << 2)
  let from = line + (<usize>(column + step * before) << 2)
  to += <usize>before << 2
  if (step == 1) copy(from, to, <usize>(inside - before) << 2)
  else {
    for (let i: usize = 0; i < <usize>(inside - before); i++, from += <usize>step << 2) {
      store<f32>(to + (i << 2), load<f32>(from))
    }
  }
  to += <usize>(inside - before) << 2
  clear(to, <usize>(count - inside) << 2)
}
