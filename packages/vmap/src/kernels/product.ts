import { BoundedQuadratic, SolvePositive } from '@kshot/core/backend'
import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { TasksBackend } from '../tasks-backend'
import { repeatTo } from './elementwise'
import { alike, anyPerTask, type Kernels, listed } from './kernel'

export const products: Kernels = {
  BatchMatMul: (backend, { inputs: { a, b }, attrs }) => {
    const batched = a.shape.length > 2 || b.shape.length > 2
    const [left, right, batch] = batched
      ? batches(backend, a, b)
      : ([backend.stored(a), backend.stored(b), []] as const)
    const y = multiply(backend, left, right, attrs)
    return backend.logical({
      ...y,
      shape: [y.shape[0]! / product(batch), ...batch, ...y.shape.slice(1)],
    })
  },

  /** The tasks are an axis of batches more. */
  [SolvePositive]: (backend, { inputs }) => {
    const [a, b] = alike(backend, [inputs.a, inputs.b])
    return backend.logical(backend.run(SolvePositive, { a: a!, b: b! }, {}))
  },

  [BoundedQuadratic]: (backend, { inputs }) => {
    const [matrix, linear, upper] = alike(backend, [inputs.matrix, inputs.linear, inputs.upper])
    const parts = { matrix: matrix!, linear: linear!, upper: upper! }
    return backend.logical(backend.run(BoundedQuadratic, parts, {}))
  },

  /** An index more, for the tasks, in each operand that has them. */
  Einsum: (backend, { inputs, attrs: { equation } }) => {
    const operands = listed(inputs)
    const [terms, output] = equation.replace(/\s/g, '').split('->') as [string, string]
    const index = unused(equation)
    const perTask = anyPerTask(backend, operands)
    const indexed = terms
      .split(',')
      .map((term, i) => (backend.tasksOf(operands[i]!) > 1 ? index : '') + term)
    const stored = operands.map((x) => {
      const { shape, ...rest } = backend.stored(x)
      return { ...rest, shape: backend.tasksOf(x) > 1 ? shape : shape.slice(1) }
    })
    const whole = `${indexed.join(',')}->${perTask ? index : ''}${output}`
    const y = backend.run('Einsum', stored, { equation: whole })
    return backend.logical({ ...y, shape: perTask ? y.shape : [1, ...y.shape] })
  },
}

const product = (shape: readonly number[]) => util.sizeFromShape([...shape])

/** Both as `[tasks or 1 times all batches, rows, columns]`, and the shape of a task's batches. */
function batches(backend: TasksBackend, a: TensorInfo, b: TensorInfo) {
  const outer = [a, b].map(({ shape }) => shape.slice(0, -2)) as [number[], number[]]
  const batch = broadcast_util.assertAndGetBroadcastShape(...outer)
  const tasks = anyPerTask(backend, [a, b]) ? backend.tasks : 1
  const [left, right] = [a, b].map((x, i) => {
    const matrix = x.shape.slice(-2)
    const ones = Array(batch.length - outer[i]!.length).fill(1)
    const stored = backend.stored(x, [...ones, ...x.shape])
    const full = repeatTo(backend, stored, [tasks, ...batch, ...matrix])
    return { ...full, shape: [tasks * product(batch), ...matrix] }
  })
  return [left!, right!, batch] as const
}

interface Transposed {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** Matrices `[n or 1, rows, columns]`. */
function multiply(
  backend: TasksBackend,
  a: TensorInfo,
  b: TensorInfo,
  attrs: Transposed,
): TensorInfo {
  const [n, rows, columns] = a.shape as [number, number, number]
  const shared = b.shape[0] === 1 && n > 1 && !attrs.transposeA
  if (!shared) return backend.run('BatchMatMul', { a, b }, attrs)
  // many matrices times one are one long matrix times one
  const long = { ...a, shape: [1, n * rows, columns] }
  const y = backend.run('BatchMatMul', { a: long, b }, attrs)
  return { ...y, shape: [n, rows, y.shape[2]!] }
}

function unused(equation: string): string {
  return [...'zyxwvutsrqponmlkjihgfedcba'].find((letter) => !equation.includes(letter))!
}
