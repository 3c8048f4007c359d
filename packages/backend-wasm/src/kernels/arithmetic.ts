import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Call, Kernel, Kernels } from './kernel'
import type { Native } from './native'

/** As they are numbered in assembly/arithmetic.ts. */
const binaries = ['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference']
const unaries = ['Relu', 'Step', 'Neg', 'Square', 'Sqrt', 'Rsqrt']

/** Element-wise arithmetic with broadcasting, any rank. */
export const arithmetic: Kernels = {
  ...Object.fromEntries(binaries.map((name, op) => [name, binary(op)])),
  ...Object.fromEntries(unaries.map((name, op) => [name, unary(op)])),
  Relu6: clip(() => [0, 6]),
  ClipByValue: clip(({ clipValueMin, clipValueMax }) => [clipValueMin, clipValueMax]),
}

function unary(op: number): Kernel {
  return (native, stock) => (call) => {
    const { x } = call.inputs as { x: TensorInfo }
    if (x.dtype !== 'float32') return stock(call)
    const out = native.output(x.shape)
    const n = util.sizeFromShape(x.shape)
    native.call.unary(op, n, native.address(x), native.address(out), call.attrs?.alpha ?? 0)
    return out
  }
}

/** TensorFlow.js' own make a number of NaN. */
function clip(bounds: (attrs: Call['attrs']) => readonly [low: number, high: number]): Kernel {
  return (native, stock) => (call) => {
    const { x } = call.inputs as { x: TensorInfo }
    if (x.dtype !== 'float32') return stock(call)
    const out = native.output(x.shape)
    const n = util.sizeFromShape(x.shape)
    native.call.clip(n, native.address(x), native.address(out), ...bounds(call.attrs))
    return out
  }
}

function binary(op: number): Kernel {
  return (native, stock) => (call) => {
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo }
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock(call)
    const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape)
    const out = native.output(shape)
    if (util.sizeFromShape(shape) > 0) {
      run(native, op, mergedAxes(a.shape, b.shape, shape), a, b, out)
    }
    return out
  }
}

interface Axis {
  readonly size: number
  /** Bytes from one entry to the next, 0 where the tensor is broadcast. */
  readonly a: number
  readonly b: number
}

function run(
  native: Native,
  op: number,
  axes: readonly Axis[],
  a: TensorInfo,
  b: TensorInfo,
  out: TensorInfo,
): void {
  const none: Axis = { size: 1, a: 0, b: 0 }
  const [n0, n1, n2] = [axes.at(-3) ?? none, axes.at(-2) ?? none, axes.at(-1) ?? none] as const
  const outer = axes.slice(0, -3)
  const bytes = n0.size * n1.size * n2.size * 4
  const count = outer.reduce((product, { size }) => product * size, 1)
  for (let i = 0; i < count; i++) {
    const [fromA, fromB] = offsets(outer, i)
    native.call.binary(
      op,
      n0.size,
      n1.size,
      n2.size,
      native.address(a) + fromA,
      n0.a,
      n1.a,
      n2.a,
      native.address(b) + fromB,
      n0.b,
      n1.b,
      n2.b,
      native.address(out) + i * bytes,
    )
  }
}

function offsets(outer: readonly Axis[], index: number): [number, number] {
  let [a, b, rest] = [0, 0, index]
  for (const axis of outer.toReversed()) {
    const place = rest % axis.size
    a += place * axis.a
    b += place * axis.b
    rest = (rest - place) / axis.size
  }
  return [a, b]
}

/** The axes of the result; neighbours along which the same tensor is broadcast, or neither, are one. */
function mergedAxes(a: readonly number[], b: readonly number[], shape: number[]): Axis[] {
  if (a.join() === b.join()) return [{ size: util.sizeFromShape(shape), a: 4, b: 4 }]
  const axes: Axis[] = []
  let [strideA, strideB] = [4, 4]
  for (let back = 1; back <= shape.length; back++) {
    const [size, sizeA, sizeB] = [shape.at(-back)!, a.at(-back) ?? 1, b.at(-back) ?? 1]
    if (size === 1) continue
    const [inA, inB] = [sizeA !== 1, sizeB !== 1]
    const inner = axes[0]
    if (inner && inner.a > 0 === inA && inner.b > 0 === inB) {
      axes[0] = { ...inner, size: inner.size * size }
    } else axes.unshift({ size, a: inA ? strideA : 0, b: inB ? strideB : 0 })
    strideA *= sizeA
    strideB *= sizeB
  }
  return axes
}
