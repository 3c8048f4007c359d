import { ScaleByAdam } from '@kshot/core/backend'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { TasksBackend } from '../tasks-backend'
import { alike, anyPerTask, each, type Kernel, type Kernels, listed } from './kernel'

const UNARY = [
  'Abs',
  'Acos',
  'Acosh',
  'Asin',
  'Asinh',
  'Atan',
  'Atanh',
  'Ceil',
  'ClipByValue',
  'Cos',
  'Cosh',
  'Elu',
  'Erf',
  'Exp',
  'Expm1',
  'Floor',
  'IsFinite',
  'IsInf',
  'IsNan',
  'LeakyRelu',
  'Log',
  'Log1p',
  'LogicalNot',
  'Neg',
  'Reciprocal',
  'Relu',
  'Relu6',
  'Round',
  'Rsqrt',
  'Selu',
  'Sigmoid',
  'Sign',
  'Sin',
  'Sinh',
  'Softplus',
  'Sqrt',
  'Square',
  'Step',
  'Tan',
  'Tanh',
] as const

const BINARY = [
  'Add',
  'Atan2',
  'BitwiseAnd',
  'Equal',
  'FloorDiv',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
  'LogicalXor',
  'Maximum',
  'Minimum',
  'Mod',
  'Multiply',
  'NotEqual',
  'Pow',
  'RealDiv',
  'SquaredDifference',
  'Sub',
] as const

// Those that every backend broadcasts along any axis, for floats; wasm refuses it for the others, and
// returns wrong numbers above six axes.
const BROADCASTS = new Set(['Add', 'Sub', 'Multiply', 'RealDiv', 'SquaredDifference'])
const MOST_AXES = 6

const unary: Kernel = (backend, { inputs: { x }, attrs, name }) =>
  backend.logical(backend.run(name, { x: backend.stored(x) }, attrs))

const binary: Kernel = (backend, { inputs: { a, b }, attrs, name }) => {
  const rank = Math.max(a.shape.length, b.shape.length)
  const pair = [a, b].map((x) => padded(backend.stored(x), rank))
  const [left, right] = pair as [TensorInfo, TensorInfo]
  const shape = left.shape.map((n, i) => broadcastSize(n, right.shape[i]!))
  const merged = mergeAxes(left, right)
  const axes = merged[0].shape.length
  const free = BROADCASTS.has(name) && left.dtype === 'float32' && axes <= MOST_AXES
  const [x, y] = free || axes < 2 ? merged : repeated(backend, merged)
  return backend.logical({ ...backend.run(name, { a: x, b: y }, attrs), shape })
}

/** The tensor with axes of 1 after that of the tasks, so that it has `rank` more. */
function padded(x: TensorInfo, rank: number): TensorInfo {
  const [tasks, ...shape] = x.shape
  return { ...x, shape: [tasks!, ...Array(rank - shape.length).fill(1), ...shape] }
}

const broadcastSize = (a: number, b: number) => (a === 1 ? b : a)

/** Neighbouring axes that broadcast alike become one: wasm is wrong above six axes, and faster below. */
export function mergeAxes(a: TensorInfo, b: TensorInfo): [TensorInfo, TensorInfo] {
  const [left, right]: [number[], number[]] = [[], []]
  let last: string | undefined
  a.shape.forEach((n, i) => {
    const m = b.shape[i]!
    if (n === 1 && m === 1) return
    const kind = n === m ? 'both' : n === 1 ? 'right' : 'left'
    if (kind === last) {
      left.push(left.pop()! * n)
      right.push(right.pop()! * m)
    } else {
      left.push(n)
      right.push(m)
    }
    last = kind
  })
  if (left.length === 0)
    return [
      { ...a, shape: [1] },
      { ...b, shape: [1] },
    ]
  return [
    { ...a, shape: left },
    { ...b, shape: right },
  ]
}

function repeated(backend: TasksBackend, pair: [TensorInfo, TensorInfo]) {
  const [a, b] = pair
  const shape = a.shape.map((n, i) => broadcastSize(n, b.shape[i]!))
  const flat = [util.sizeFromShape(shape)]
  return pair.map((x) => ({ ...repeatTo(backend, x, shape), shape: flat })) as typeof pair
}

/** What lies on the base, repeated to `shape`, until the kernel ends. */
export function repeatTo(
  backend: TasksBackend,
  x: TensorInfo,
  shape: readonly number[],
): TensorInfo {
  if (util.arraysEqual(x.shape, [...shape])) return x
  const reps = shape.map((n, i) => (x.shape[i] === 0 ? 1 : n / x.shape[i]!))
  return backend.untilEnd(backend.run('Tile', { x }, { reps }))
}

export const elementwise: Kernels = {
  ...each(UNARY, unary),
  ...each(BINARY, binary),
  AddN: (backend, { inputs }) => {
    const [first, ...others] = alike(backend, listed(inputs))
    const total = others.reduce(
      (sum, x) => backend.untilEnd(backend.run('Add', { a: sum, b: x })),
      first!,
    )
    // the last sum, or the only addend, outlives the kernel
    backend.base.backend.incRef(total.dataId)
    return backend.logical(total)
  },
  [ScaleByAdam]: (backend, { inputs, attrs, name }) => {
    const [gradient, m, v] = alike(backend, [inputs.gradient, inputs.m, inputs.v])
    return backend.runMany(name, { gradient, m, v }, attrs).map((y) => backend.logical(y))
  },
  Cast: (backend, { inputs: { x }, attrs }) => {
    if (x.dtype === attrs.dtype) return backend.reshaped(x, x.shape)
    return backend.logical(backend.run('Cast', { x: backend.stored(x) }, attrs))
  },
  Prelu: (backend, { inputs: { x, alpha } }) => {
    const [values, slopes] = alike(backend, [x, alpha]) as [TensorInfo, TensorInfo]
    const full = repeatTo(backend, padded(slopes, x.shape.length), values.shape)
    return backend.logical(backend.run('Prelu', { x: values, alpha: full }))
  },
  Select: (backend, { inputs: { condition, t, e } }) => {
    const tasks = anyPerTask(backend, [condition, t, e]) ? backend.tasks : 1
    const shape = condition.shape.length === t.shape.length ? t.shape : rows(condition, t)
    const [of, yes, no] = [
      backend.stored(condition, shape),
      backend.stored(t),
      backend.stored(e),
    ].map((x) => repeatTo(backend, x, [tasks, ...t.shape]))
    return backend.logical(backend.run('Select', { condition: of, t: yes, e: no }))
  },
}

/** A condition of one value per row. */
function rows(condition: TensorInfo, { shape }: TensorInfo): number[] {
  return [...condition.shape, ...shape.slice(condition.shape.length).map(() => 1)]
}
