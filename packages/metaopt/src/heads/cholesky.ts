/** The lower factor L of a symmetric, positive definite matrix L Lᵀ `[n, n]`, row by row. */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!
      for (let m = 0; m < j; m++) sum -= factor[i * n + m]! * factor[j * n + m]!
      factor[i * n + j] = i === j ? Math.sqrt(sum) : sum / factor[j * n + j]!
    }
  }
  return factor
}

/** Solves L Lᵀ x = b in place. */
export function solveWith(factor: Float64Array, b: Float64Array): void {
  const n = b.length
  forward(factor, b, 0)
  for (let i = n - 1; i >= 0; i--) {
    const x = b[i]! / factor[i * n + i]!
    b[i] = x
    for (let m = 0; m < i; m++) b[m]! -= factor[i * n + m]! * x
  }
}

/** ((L Lᵀ)⁻¹)_ii = ‖L⁻¹ e_i‖². */
export function inverseDiagonal(factor: Float64Array, n: number, i: number): number {
  const column = new Float64Array(n)
  column[i] = 1
  forward(factor, column, i)
  let sum = 0
  for (let m = i; m < n; m++) sum += column[m]! ** 2
  return sum
}

/** Solves L x = b in place, where b is zero before `from`. */
function forward(factor: Float64Array, b: Float64Array, from: number): void {
  const n = b.length
  for (let i = from; i < n; i++) {
    let sum = b[i]!
    for (let m = from; m < i; m++) sum -= factor[i * n + m]! * b[m]!
    b[i] = sum / factor[i * n + i]!
  }
}
