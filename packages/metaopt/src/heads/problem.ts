import { type Support, unitRoot } from '@kshot/core/head'

/** What a head is fitted to, in plain numbers: examples class after class. */
export interface Problem {
  readonly n: number
  readonly ways: number
  /** z of each example, `[n][d]`, as `centroidHead` of `@kshot/core` has it. */
  readonly rows: readonly Float64Array[]
  /** z · z′ + 1, `[n, n]`: the 1 is a bias that is regularised as the weights are. */
  readonly kernel: Float64Array
  /** 0 … ways − 1, of each example. */
  readonly labels: Int32Array
  /** The weight of each example: classes count equally, whether they have few or many examples. Mean 1. */
  readonly weights: Float64Array
}

export function problemOf({ classes }: Support): Problem {
  const rows = classes.flatMap((list) => list.map(({ values }) => unitRoot(values)))
  const labels = Int32Array.from(classes.flatMap((list, k) => list.map(() => k)))
  const n = rows.length
  const weights = Float64Array.from(labels, (k) => n / (classes.length * classes[k]!.length))
  return { n, ways: classes.length, rows, kernel: kernelOf(rows), labels, weights }
}

function kernelOf(rows: readonly Float64Array[]): Float64Array {
  const n = rows.length
  const kernel = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(rows[i]!, rows[j]!) + 1
      kernel[i * n + j] = value
      kernel[j * n + i] = value
    }
  }
  return kernel
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!
  return sum
}
