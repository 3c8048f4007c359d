import { type KernelBackend, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'

/** Half the distance between 1 and the next float32: what rounding has done to a number, relative to it. */
const ROUNDING = 2 ** -24

/**
 * The kernel for {@link SolvePositive} of a backend whose numbers JavaScript can read: Cholesky's decomposition
 * in doubles.
 * @throws `core/not-positive` with the first pivot that is no larger than the rounding of its diagonal
 */
export const solveByCholesky: KernelFunc = ({ inputs, backend }) => {
  const { a, b } = inputs as { readonly a: TensorInfo; readonly b: TensorInfo }
  const { shape } = b
  const numbers = backend as KernelBackend
  const read = ({ dataId }: TensorInfo) => numbers.readSync(dataId) as Float32Array
  const x = solved(read(a), read(b), shape)
  return { dataId: numbers.write(x, shape, 'float32'), shape, dtype: 'float32' }
}

function solved(a: Float32Array, b: Float32Array, shape: readonly number[]): Float32Array {
  const [n, m] = shape.slice(-2) as [number, number]
  const batch = util.sizeFromShape(shape.slice(0, -2))
  const x = new Float32Array(batch * n * m)
  const factor = new Float64Array(n * n)
  for (let t = 0; t < batch; t++) {
    decompose(a.subarray(t * n * n, (t + 1) * n * n), factor, n, t)
    x.set(substituted(factor, b.subarray(t * n * m, (t + 1) * n * m), n, m), t * n * m)
  }
  return x
}

type Numbers = Float32Array | Float64Array

/**
 * a = L Lᵀ, row by row; the diagonal of L is kept as its inverse.
 * @param matrix its number, for the error
 * @throws `core/not-positive`
 */
export function decompose(a: Numbers, l: Float64Array, n: number, matrix: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i * n + j]!
      for (let k = 0; k < j; k++) rest -= l[i * n + k]! * l[j * n + k]!
      if (j < i) l[i * n + j] = rest * l[j * n + j]!
      else if (rest > ROUNDING * a[i * n + i]!) l[i * n + i] = 1 / Math.sqrt(rest)
      else throw notPositive({ matrix, row: i, n, pivot: rest })
    }
  }
}

/** The x `[n, m]` of L Lᵀ x = b: L y = b, then Lᵀ x = y. */
export function substituted(l: Float64Array, b: Numbers, n: number, m: number): Float64Array {
  const y = Float64Array.from(b)
  const subtract = (factor: number, from: number, to: number) => {
    for (let c = 0; c < m; c++) y[to * m + c]! -= factor * y[from * m + c]!
  }
  const scale = (factor: number, row: number) => {
    for (let c = 0; c < m; c++) y[row * m + c]! *= factor
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtract(l[i * n + k]!, k, i)
    scale(l[i * n + i]!, i)
  }
  for (let i = n - 1; i >= 0; i--) {
    scale(l[i * n + i]!, i)
    for (let k = 0; k < i; k++) subtract(l[i * n + k]!, i, k)
  }
  return y
}

/** What a kernel for {@link SolvePositive} throws. */
export function notPositive(found: {
  readonly matrix: number
  readonly row: number
  readonly n: number
  readonly pivot: number
}): KshotError {
  const { matrix, row, n, pivot } = found
  return new KshotError('core/not-positive', {
    got: `a matrix [${n}, ${n}] (number ${matrix}) whose pivot ${row} is ${pivot}`,
    expected:
      'a symmetric positive definite matrix of finite numbers whose pivots exceed the rounding of its diagonal',
    remedy: 'Add more to its diagonal (a larger λ): repeated or dependent examples need it',
  })
}
