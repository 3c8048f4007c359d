// Sums over one axis of three: x `[A, R, C]` to `[A, C]`, times `scale`.
//
// Every thousand rows a partial sum is put away: rounding errors grow with the root of the rows' number,
// not with it.

const CHUNK: i32 = 1024

export function sumAxis(A: i32, R: i32, C: i32, x: usize, out: usize, scale: f32): void {
  const row = <usize>C << 2
  memory.fill(out, 0, <usize>A * row)
  for (let a = 0; a < A; a++) {
    for (let r = 0; r < R; r += CHUNK) {
      const rows = min(R - r, CHUNK)
      if (C == 1) store<f32>(out, load<f32>(out) + sumOf(x, rows))
      else addRows(rows, row, x, out)
      x += <usize>rows * row
    }
    out += row
  }
  if (scale != 1) times(out - <usize>A * row, A * C, scale)
}

function times(x: usize, n: i32, scale: f32): void {
  for (let i = 0; i < n; i++, x += 4) store<f32>(x, load<f32>(x) * scale)
}

function sumOf(x: usize, n: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0
  let i = 0
  for (; i + 16 <= n; i += 16, x += 64) {
    s0 = f32x4.add(s0, v128.load(x))
    s1 = f32x4.add(s1, v128.load(x, 16))
    s2 = f32x4.add(s2, v128.load(x, 32))
    s3 = f32x4.add(s3, v128.load(x, 48))
  }
  const s = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3))
  let total: f32 = f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1)
  total += f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3)
  for (; i < n; i++, x += 4) total += load<f32>(x)
  return total
}

function addRows(rows: i32, row: usize, x: usize, out: usize): void {
  // few long rows are read as they lie; else two lines of the cache of each row, down the rows
  if (rows < 16) {
    for (let r = 0; r < rows; r++, x += row) addRow(row, x, out)
    return
  }
  let c: usize = 0
  for (; c + 128 <= row; c += 128) add32(rows, row, x + c, out + c)
  for (; c + 16 <= row; c += 16) add4(rows, row, x + c, out + c)
  for (; c < row; c += 4) {
    let s: f32 = 0, p = x + c
    for (let r = 0; r < rows; r++, p += row) s += load<f32>(p)
    store<f32>(out + c, load<f32>(out + c) + s)
  }
}

function addRow(row: usize, x: usize, out: usize): void {
  let c: usize = 0
  for (; c + 16 <= row; c += 16) {
    v128.store(out + c, f32x4.add(v128.load(out + c), v128.load(x + c)))
  }
  for (; c < row; c += 4) store<f32>(out + c, load<f32>(out + c) + load<f32>(x + c))
}

function add4(rows: i32, row: usize, x: usize, out: usize): void {
  let s0 = f32x4.splat(0), s1 = s0
  let r = 0
  for (; r + 2 <= rows; r += 2, x += 2 * row) {
    s0 = f32x4.add(s0, v128.load(x))
    s1 = f32x4.add(s1, v128.load(x + row))
  }
  if (r < rows) s0 = f32x4.add(s0, v128.load(x))
  v128.store(out, f32x4.add(v128.load(out), f32x4.add(s0, s1)))
}

function add32(rows: i32, row: usize, x: usize, out: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0
  for (let r = 0; r < rows; r++, x += row) {
    s0 = f32x4.add(s0, v128.load(x))
    s1 = f32x4.add(s1, v128.load(x, 16))
    s2 = f32x4.add(s2, v128.load(x, 32))
    s3 = f32x4.add(s3, v128.load(x, 48))
    s4 = f32x4.add(s4, v128.load(x, 64))
    s5 = f32x4.add(s5, v128.load(x, 80))
    s6 = f32x4.add(s6, v128.load(x, 96))
    s7 = f32x4.add(s7, v128.load(x, 112))
  }
  v128.store(out, f32x4.add(v128.load(out), s0))
  v128.store(out, f32x4.add(v128.load(out, 16), s1), 16)
  v128.store(out, f32x4.add(v128.load(out, 32), s2), 32)
  v128.store(out, f32x4.add(v128.load(out, 48), s3), 48)
  v128.store(out, f32x4.add(v128.load(out, 64), s4), 64)
  v128.store(out, f32x4.add(v128.load(out, 80), s5), 80)
  v128.store(out, f32x4.add(v128.load(out, 96), s6), 96)
  v128.store(out, f32x4.add(v128.load(out, 112), s7), 112)
}
