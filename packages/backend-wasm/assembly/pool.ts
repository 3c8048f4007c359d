// Max-pooling backwards. Of equals, the first in reading order is the maximum; a window without a number
// above −∞ has none.

const LOWEST: f32 = -Infinity

/**
 * dx: each entry of dy added where its window of x has the maximum. `apart`: windows neither overlap nor
 * leave anything out, so that every entry is written once.
 */
export function maxPoolGrad(
  images: i32, x: usize, H: i32, W: i32, C: i32,
  OH: i32, OW: i32, KH: i32, KW: i32,
  sy: i32, sx: i32, top: i32, left: i32,
  dy: usize, dx: usize, apart: bool,
): void {
  const pixel = <usize>C << 2, line = <usize>W * pixel
  if (!apart) memory.fill(dx, 0, <usize>(images * H) * line)
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < OH; oy++) {
      const y = oy * sy - top, i0 = max(-y, 0), i1 = min(KH, H - y)
      for (let ox = 0; ox < OW; ox++) {
        const z = ox * sx - left, j0 = max(-z, 0), j1 = min(KW, W - z)
        const at = <usize>((n * H + y + i0) * W + z + j0) * pixel
        windowGrad(x + at, dx + at, dy, pixel, line, i1 - i0, j1 - j0, apart)
        dy += pixel
      }
    }
  }
}

function windowGrad(
  x: usize, dx: usize, dy: usize, pixel: usize, line: usize, rows: i32, columns: i32, apart: bool,
): void {
  let c: usize = 0
  for (; c + 16 <= pixel; c += 16) {
    let best = f32x4.splat(LOWEST), place = i32x4.splat(-1), t = 0
    for (let i = 0; i < rows; i++) {
      let p = x + <usize>i * line + c
      for (let j = 0; j < columns; j++, t++, p += pixel) {
        const value = v128.load(p)
        const larger = f32x4.gt(value, best)
        best = v128.bitselect(value, best, larger)
        place = v128.bitselect(i32x4.splat(t), place, larger)
      }
    }
    const g = v128.load(dy + c)
    t = 0
    for (let i = 0; i < rows; i++) {
      let p = dx + <usize>i * line + c
      for (let j = 0; j < columns; j++, t++, p += pixel) {
        const part = v128.and(g, i32x4.eq(place, i32x4.splat(t)))
        v128.store(p, apart ? part : f32x4.add(v128.load(p), part))
      }
    }
  }
  for (; c < pixel; c += 4) {
    let best = LOWEST, place: usize = 0
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const at = <usize>i * line + <usize>j * pixel + c
        if (apart) store<f32>(dx + at, 0)
        const value = load<f32>(x + at)
        if (value > best) {
          best = value
          place = dx + at
        }
      }
    }
    if (place != 0) store<f32>(place, load<f32>(place) + load<f32>(dy + c))
  }
}

/** Its adjoint: of each window, the entry of `v` where x has the maximum. */
export function maxPoolTake(
  images: i32, x: usize, H: i32, W: i32, C: i32,
  OH: i32, OW: i32, KH: i32, KW: i32,
  sy: i32, sx: i32, top: i32, left: i32,
  v: usize, out: usize,
): void {
  const pixel = <usize>C << 2, line = <usize>W * pixel
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < OH; oy++) {
      const y = oy * sy - top, i0 = max(-y, 0), i1 = min(KH, H - y)
      for (let ox = 0; ox < OW; ox++) {
        const z = ox * sx - left, j0 = max(-z, 0), j1 = min(KW, W - z)
        const at = <usize>((n * H + y + i0) * W + z + j0) * pixel
        windowTake(x + at, v + at, out, pixel, line, i1 - i0, j1 - j0)
        out += pixel
      }
    }
  }
}

function windowTake(
  x: usize, v: usize, out: usize, pixel: usize, line: usize, rows: i32, columns: i32,
): void {
  let c: usize = 0
  for (; c + 16 <= pixel; c += 16) {
    let best = f32x4.splat(LOWEST), taken = f32x4.splat(0)
    for (let i = 0; i < rows; i++) {
      let at = <usize>i * line + c
      for (let j = 0; j < columns; j++, at += pixel) {
        const value = v128.load(x + at)
        const larger = f32x4.gt(value, best)
        best = v128.bitselect(value, best, larger)
        taken = v128.bitselect(v128.load(v + at), taken, larger)
      }
    }
    v128.store(out + c, taken)
  }
  for (; c < pixel; c += 4) {
    let best = LOWEST, taken: f32 = 0
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        const at = <usize>i * line + <usize>j * pixel + c
        const value = load<f32>(x + at)
        if (value > best) {
          best = value
          taken = load<f32>(v + at)
        }
      }
    }
    store<f32>(out + c, taken)
  }
}
