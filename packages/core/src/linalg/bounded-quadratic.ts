import { type KernelBackend, type KernelFunc, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { decompose, substituted } from './cholesky'

/** Newton's steps at most; some fifteen do. */
const STEPS = 50
/** Mean of slack · multiplier, in units of the largest bound, at which the optimum is reached. */
const ENOUGH = 1e-13
/** What is left of it in a step, were the problem linear. */
const CENTRING = 0.1
/** Of the way to the nearest bound. */
const SAFETY = 0.99

/**
 * The kernel for {@link BoundedQuadratic} of a backend whose numbers JavaScript can read: an interior-point method in
 * doubles. Numbers that are at their bound are equal to it.
 * @throws `core/not-positive` for a matrix that isn't positive definite
 */
export const solveBoundedQuadratic: KernelFunc = ({ inputs, backend }) => {
  const { matrix, linear, upper } = inputs as { readonly [name: string]: TensorInfo }
  const { shape } = linear!
  const numbers = backend as KernelBackend
  const read = ({ dataId }: TensorInfo) => numbers.readSync(dataId) as Float32Array
  const [k, l, u] = [read(matrix!), read(linear!), read(upper!)]
  const [rows, n] = shape.slice(-2) as [number, number]
  const x = new Float32Array(l.length)
  for (let t = 0; t < util.sizeFromShape(shape.slice(0, -2)); t++) {
    const part = (values: Float32Array, size: number) => values.subarray(t * size, (t + 1) * size)
    const program = { k: part(k, n * n), l: part(l, rows * n), u: part(u, rows * n), rows, n }
    x.set(optimum(program), t * rows * n)
  }
  return { dataId: numbers.write(x, shape, 'float32'), shape, dtype: 'float32' }
}

/** Minimise ½ Σᵣ xᵣᵀ K xᵣ − Σ l x subject to x ≤ u and Σᵣ xᵣ = 0. */
interface Program {
  /** K `[n, n]`, of which the lower triangle is read. */
  readonly k: Float32Array
  /** `[rows, n]`, as u is. */
  readonly l: Float32Array
  readonly u: Float32Array
  readonly rows: number
  readonly n: number
}

/** A point of the interior, both `[rows, n]` and positive: how far x is below its bound, and the bound's multiplier. */
interface Point {
  readonly slack: Float64Array
  readonly multiplier: Float64Array
}

function optimum(program: Program): Float64Array {
  const { u } = program
  const point = start(program)
  const unit = Math.max(...u)
  for (let i = 0; i < STEPS && complementarity(point) > ENOUGH * unit; i++) step(program, point)
  const { slack, multiplier } = point
  // Of slack and multiplier, one is nearly zero.
  return slack.map((s, i) => (s / unit > multiplier[i]! ? u[i]! - s : u[i]!))
}

function complementarity({ slack, multiplier }: Point): number {
  return slack.reduce((sum, s, i) => sum + s * multiplier[i]!, 0) / slack.length
}

/** Halfway between the bounds and their mean, which is inside of all since Σᵣ u > 0. */
function start({ k, l, u, rows, n }: Program): Point {
  const slack = new Float64Array(rows * n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let r = 0; r < rows; r++) sum += u[r * n + i]!
    for (let r = 0; r < rows; r++) slack[r * n + i] = sum / rows
  }
  // x = u − slack; of the gradients at a place the largest is the level of all.
  const gradient = new Float64Array(rows * n)
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < n; i++) {
      let product = 0
      for (let j = 0; j < n; j++) {
        const lower = Math.max(i, j) * n + Math.min(i, j)
        product += k[lower]! * (u[r * n + j]! - slack[r * n + j]!)
      }
      gradient[r * n + i] = product - l[r * n + i]!
    }
  }
  const multiplier = gradient.map((g, at) => {
    let largest = g
    for (let r = 0; r < rows; r++) largest = Math.max(largest, gradient[r * n + (at % n)]!)
    return largest - g + 1
  })
  return { slack, multiplier }
}

/**
 * A step of Newton towards slack · multiplier = μ:
 * (K + D) dxᵣ = multiplier − μ / slack − dν with D = multiplier / slack, Σᵣ dxᵣ = 0.
 */
function step(program: Program, point: Point): void {
  const { slack, multiplier } = point
  const mu = CENTRING * complementarity(point)
  const change = direction(program, point, mu)
  const multiplierChange = change.map(
    (dx, i) => mu / slack[i]! - multiplier[i]! + (multiplier[i]! / slack[i]!) * dx,
  )
  let length = 1
  for (let i = 0; i < slack.length; i++) {
    if (change[i]! > 0) length = Math.min(length, (SAFETY * slack[i]!) / change[i]!)
    const m = multiplierChange[i]!
    if (m < 0) length = Math.min(length, (SAFETY * multiplier[i]!) / -m)
  }
  for (let i = 0; i < slack.length; i++) {
    slack[i]! -= length * change[i]!
    multiplier[i]! += length * multiplierChange[i]!
  }
}

/** dx `[rows, n]`: each row's without dν, and what dν takes from it so that rows add up to zero. */
function direction({ k, rows, n }: Program, { slack, multiplier }: Point, mu: number) {
  const change = new Float64Array(rows * n)
  const responses: Float64Array[] = []
  const response = new Float64Array(n * n)
  const excess = new Float64Array(n)
  const [system, factor] = [new Float64Array(n * n), new Float64Array(n * n)]
  for (let r = 0; r < rows; r++) {
    system.set(k)
    const right = identityBeside(n, (i) => multiplier[r * n + i]! - mu / slack[r * n + i]!)
    for (let i = 0; i < n; i++) system[i * (n + 1)]! += multiplier[r * n + i]! / slack[r * n + i]!
    decompose(system, factor, n, r)
    const solved = substituted(factor, right, n, n + 1)
    responses.push(solved)
    for (let i = 0; i < n; i++) {
      excess[i]! += solved[i * (n + 1)]!
      for (let j = 0; j < n; j++) response[i * n + j]! += solved[i * (n + 1) + 1 + j]!
    }
  }
  decompose(response, factor, n, rows)
  const nu = substituted(factor, excess, n, 1)
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < n; i++) {
      const row = i * (n + 1)
      let dx = responses[r]![row]!
      for (let j = 0; j < n; j++) dx -= responses[r]![row + 1 + j]! * nu[j]!
      change[r * n + i] = dx
    }
  }
  return change
}

/** `[n, n + 1]`: a column, and the unit matrix. */
function identityBeside(n: number, column: (i: number) => number): Float64Array {
  const matrix = new Float64Array(n * (n + 1))
  for (let i = 0; i < n; i++) {
    matrix[i * (n + 1)] = column(i)
    matrix[i * (n + 1) + 1 + i] = 1
  }
  return matrix
}
