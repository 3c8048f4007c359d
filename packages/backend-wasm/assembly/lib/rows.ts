// Moving rows of numbers.

// @ts-ignore: decorator
@inline
export function copy(from: usize, to: usize, bytes: usize): void {
  const end = to + bytes
  while (to + 16 <= end) {
    v128.store(to, v128.load(from))
    to += 16
    from += 16
  }
  while (to < end) {
    store<f32>(to, load<f32>(from))
    to += 4
    from += 4
  }
}

// @ts-ignore: decorator
@inline
export function clear(to: usize, bytes: usize): void {
  const end = to + bytes
  while (to + 16 <= end) {
    v128.store(to, f32x4.splat(0))
    to += 16
  }
  while (to < end) {
    store<f32>(to, 0)
    to += 4
  }
}
