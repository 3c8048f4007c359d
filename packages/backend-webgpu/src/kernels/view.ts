import { slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Call, Kernels, Stock } from './kernel'
import { run } from './program'

/** How one axis of the output finds its place on one of the input. */
interface Axis {
  /** Numbers along it in the output, and in the input. */
  readonly out: number
  readonly size: number
  /** Between neighbours along it in the input's memory. */
  readonly stride: number
  /** Where the first comes from, and how far apart the next are; before and beyond the input lies the filling. */
  readonly begin?: number
  readonly step?: number
  /** Beyond the input it starts again, or turns back. */
  readonly beyond?: 'again' | 'back with edge' | 'back without edge'
}

const PLACE = {
  again: (p: string, n: string) => `${p} % ${n}`,
  'back with edge': (p: string, n: string) =>
    `select(select(${p}, 2 * ${n} - 1 - ${p}, ${p} >= ${n}), -1 - ${p}, ${p} < 0)`,
  'back without edge': (p: string, n: string) =>
    `select(select(${p}, 2 * ${n} - 2 - ${p}, ${p} >= ${n}), -${p}, ${p} < 0)`,
}

/** Numbers of `x` in other places. TensorFlow.js does the same, for fewer axes. */
function view({ backend }: Call, x: TensorInfo, axes: readonly Axis[], fill?: number): TensorInfo {
  const ints: Record<string, number> = {}
  axes.forEach(({ out, size, stride, begin = 0, step = 1 }, a) => {
    Object.assign(ints, { [`o${a}`]: out, [`n${a}`]: size, [`t${a}`]: stride })
    Object.assign(ints, { [`b${a}`]: begin, [`s${a}`]: step })
  })
  const lines = axes.map(({ beyond }, a) => {
    const [p, n] = [`p${a}`, `uniforms.n${a}`]
    const linear = `uniforms.b${a} + (rest % uniforms.o${a}) * uniforms.s${a}`
    const place = beyond
      ? `let q${a} = ${linear}; let ${p} = ${PLACE[beyond](`q${a}`, n)};`
      : `let ${p} = ${linear};`
    const check = fill === undefined ? '' : ` inside = inside && ${p} >= 0 && ${p} < ${n};`
    return `${place} rest /= uniforms.o${a}; at += ${p} * uniforms.t${a};${check}`
  })
  const type = x.dtype === 'float32' ? 'f32' : 'i32'
  const value =
    fill === undefined ? 'x[at]' : `select(${type}(uniforms.fill), x[max(at, 0)], inside)`
  return run(backend, {
    key: `view_${axes.map(({ beyond = '' }) => beyond).join('_')}_${fill === undefined}`,
    inputs: { x },
    shape: axes.map(({ out }) => out),
    dtype: x.dtype,
    ints,
    ...(fill !== undefined && { floats: { fill } }),
    code: `var rest = i; var at = 0; var inside = true;\n${lines.reverse().join('\n')}\nresult[i] = ${value};`,
  })
}

/** The axes of x as they are. */
function axesOf({ shape }: TensorInfo): { out: number; size: number; stride: number }[] {
  const strides = [...util.computeStrides(shape), 1]
  return shape.map((size, a) => ({ out: size, size, stride: strides[a]! }))
}

/** Whether TensorFlow.js has to do it: what has few axes, and text and complex numbers of all ranks. */
const isPlain = ({ shape, dtype }: TensorInfo, most: number) =>
  shape.length <= most || !['float32', 'int32', 'bool'].includes(dtype) || shape.includes(0)

export const views: Kernels = {
  StridedSlice: (call, stock) => {
    const { x } = call.inputs as { x: TensorInfo }
    return isPlain(x, 4) ? stock(call) : stridedSlice(call, x, stock)
  },

  PadV2: (call, stock) => {
    const { x } = call.inputs as { x: TensorInfo }
    if (isPlain(x, 4)) return stock(call)
    return view(call, x, padded(x, call.attrs.paddings), call.attrs.constantValue)
  },

  MirrorPad: (call, stock) => {
    const { x } = call.inputs as { x: TensorInfo }
    if (isPlain(x, 4)) return stock(call)
    const beyond = call.attrs.mode === 'reflect' ? 'back without edge' : 'back with edge'
    return view(
      call,
      x,
      padded(x, call.attrs.paddings).map((axis) => ({ ...axis, beyond })),
    )
  },

  Reverse: (call, stock) => {
    const { x } = call.inputs as { x: TensorInfo }
    if (isPlain(x, 4)) return stock(call)
    const turned = util.parseAxisParam(call.attrs.dims, x.shape)
    const turn = (axis: Axis) => ({ ...axis, begin: axis.size - 1, step: -1 })
    return view(
      call,
      x,
      axesOf(x).map((axis, a) => (turned.includes(a) ? turn(axis) : axis)),
    )
  },

  Tile: (call, stock) => {
    const { x } = call.inputs as { x: TensorInfo }
    if (isPlain(x, 4)) return stock(call)
    const { reps } = call.attrs as { reps: number[] }
    const tiled = axesOf(x).map((axis, a) => ({ ...axis, out: axis.size * reps[a]! }))
    return view(
      call,
      x,
      tiled.map((axis) => ({ ...axis, beyond: 'again' })),
    )
  },

  Transpose: (call, stock) => {
    const { x } = call.inputs as { x: TensorInfo }
    return isPlain(x, 6) ? stock(call) : transposed(call, x)
  },
}

export function transposed(call: Call, x: TensorInfo): TensorInfo {
  const axes = axesOf(x)
  return view(
    call,
    x,
    (call.attrs.perm as number[]).map((a) => axes[a]!),
  )
}

function padded(x: TensorInfo, paddings: readonly [number, number][]): Axis[] {
  return axesOf(x).map((axis, a) => {
    const [before, after] = paddings[a]!
    return { ...axis, out: before + axis.size + after, begin: -before }
  })
}

function stridedSlice(call: Call, x: TensorInfo, stock: Stock): TensorInfo {
  const { begin, end, strides, ...masks } = call.attrs
  const info = slice_util.sliceInfo(
    x.shape,
    begin,
    end,
    strides,
    masks.beginMask,
    masks.endMask,
    masks.ellipsisMask,
    masks.newAxisMask,
    masks.shrinkAxisMask,
  )
  if (info.isIdentity || info.isSimpleSlice || info.finalShape.includes(0)) return stock(call)
  const taken = axesOf(x).map((axis, a) => {
    const [from, step] = [info.begin[a]!, info.strides[a]!]
    return { ...axis, out: Math.max(0, Math.ceil((info.end[a]! - from) / step)), begin: from, step }
  })
  return { ...view(call, x, taken), shape: info.finalShape }
}
