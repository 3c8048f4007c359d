import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { NativeBackend } from '../native-backend'
import { each, type Kernels, meanwhile } from './kernel'

/** Those that whole numbers have, too. */
const UNARY = [
  'Abs',
  'Ceil',
  'Floor',
  'IsFinite',
  'IsInf',
  'IsNan',
  'LogicalNot',
  'Neg',
  'Relu',
  'Relu6',
  'Round',
  'Sign',
  'Square',
]
const DECIMAL = [
  'Acos',
  'Acosh',
  'Asin',
  'Asinh',
  'Atan',
  'Atanh',
  'Cos',
  'Cosh',
  'Elu',
  'Erf',
  'Exp',
  'Expm1',
  'Log',
  'Log1p',
  'Reciprocal',
  'Rsqrt',
  'Selu',
  'Sigmoid',
  'Sin',
  'Sinh',
  'Softplus',
  'Sqrt',
  'Tan',
  'Tanh',
]
const BINARY = [
  ...([['Add', 'AddV2'], 'Sub', ['Multiply', 'Mul'], 'RealDiv', 'Maximum', 'Minimum'] as const),
  ...(['SquaredDifference', 'FloorDiv', ['Mod', 'FloorMod'], 'Atan2', 'Pow'] as const),
  ...(['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'] as const),
  ...(['LogicalAnd', 'LogicalOr', ['LogicalXor', 'NotEqual']] as const),
]

const WHOLE = new Set(['Ceil', 'Floor', 'Round', 'IsFinite', 'IsInf', 'IsNan'])

export const elementwise: Kernels = {
  ...each(UNARY, (operation) => (backend, { inputs: { x } }) => {
    const decimal = WHOLE.has(operation) && x.dtype !== 'float32'
    return meanwhile(backend, (keep) =>
      backend.runAlike(operation, [decimal ? keep(toFloat(backend, x)) : x]),
    )
  }),
  ...each(DECIMAL, (operation) => (backend, { inputs: { x } }) => {
    if (x.dtype === 'float32') return backend.runAlike(operation, [x])
    return meanwhile(backend, (keep) => backend.runAlike(operation, [keep(toFloat(backend, x))]))
  }),
  ...each(BINARY, (operation) => (backend, { inputs: { a, b } }) => {
    if (a.dtype === b.dtype) return backend.runAlike(operation, [a, b])
    const dtype = backend_util.upcastType(a.dtype, b.dtype)
    return meanwhile(backend, (keep) =>
      backend.run(
        operation,
        [a, b].map((x) => (x.dtype === dtype ? x : keep(cast(backend, x, dtype)))),
      ),
    )
  }),

  AddN: (backend, { inputs }) => {
    const list = Object.values(inputs) as TensorInfo[]
    if (list.length === 1) return backend.alias(list[0]!)
    return backend.run('AddN', list, { N: list.length, T: { dtype: list[0]!.dtype } })
  },
  Cast: (backend, { inputs: { x }, attrs: { dtype } }) =>
    x.dtype === dtype ? backend.alias(x) : cast(backend, x, dtype),
  ClipByValue: (backend, { inputs: { x }, attrs: { clipValueMin, clipValueMax } }) =>
    meanwhile(backend, (keep) =>
      backend.run('ClipByValue', [
        x.dtype === 'float32' ? x : keep(toFloat(backend, x)),
        backend.float(clipValueMin),
        backend.float(clipValueMax),
      ]),
    ),
  LeakyRelu: (backend, { inputs: { x }, attrs: { alpha } }) =>
    backend.run('LeakyRelu', [x], { alpha: { decimal: alpha } }),
  Prelu: (backend, { inputs: { x, alpha } }) =>
    meanwhile(backend, (keep) => {
      const negative = keep(backend.run('Minimum', [x, backend.float(0)]))
      const scaled = keep(backend.run('Mul', [alpha, negative]))
      return backend.run('AddV2', [keep(backend.run('Relu', [x])), scaled])
    }),
  /** 1 where x > 0, else alpha; NaN stays. */
  Step: (backend, { inputs: { x }, attrs: { alpha = 0 } }) =>
    meanwhile(backend, (keep) => {
      const input = x.dtype === 'float32' ? x : keep(toFloat(backend, x))
      const sign = keep(backend.runAlike('Sign', [input]))
      if (alpha === 0) return backend.runAlike('Relu', [sign])
      const above = keep(backend.run('Greater', [input, backend.float(0)]))
      const chosen = [above, backend.float(1), backend.float(alpha)]
      const step = keep(backend.run('SelectV2', chosen))
      return backend.run('SelectV2', [keep(backend.run('IsNan', [input])), input, step])
    }),
  EluGrad: (backend, { inputs: { dy, y } }) => backend.run('EluGrad', [dy, y]),
  Select: (backend, { inputs: { condition, t, e } }) => backend.run('Select', [condition, t, e]),
}

function cast(backend: NativeBackend, x: TensorInfo, dtype: TensorInfo['dtype']): TensorInfo {
  return backend.runAlike('Cast', [x], { DstT: { dtype } })
}

export function toFloat(backend: NativeBackend, x: TensorInfo): TensorInfo {
  return x.dtype === 'float32' ? backend.alias(x) : cast(backend, x, 'float32')
}
