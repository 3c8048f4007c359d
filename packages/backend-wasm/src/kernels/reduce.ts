import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Call, Kernel, Kernels } from './kernel'
import type { Native } from './native'

const LOWEST = -(2 ** 31)

/** Sums and means over any axes, at the speed of memory; of nothing, the others too. */
export const reductions: Kernels = {
  Sum: ofNothing(
    () => 0,
    reduction(() => 1),
  ),
  Mean: reduction((count) => 1 / Math.max(count, 1)),
  Prod: ofNothing(() => 1),
  Max: ofNothing((int) => (int ? LOWEST : Number.NEGATIVE_INFINITY)),
  Min: ofNothing((int) => (int ? -1 - LOWEST : Number.POSITIVE_INFINITY)),
  All: ofNothing(() => 1),
  Any: ofNothing(() => 0),
}

/** TensorFlow.js' own leave the result of no numbers as the memory was. */
function ofNothing(
  neutral: (int: boolean) => number,
  kernel: Kernel = (_, stock) => stock,
): Kernel {
  return (native, stock) => {
    const usual = kernel(native, stock)
    return (call) => {
      const { x } = call.inputs as { x: TensorInfo }
      if (util.sizeFromShape(x.shape) > 0) return usual(call)
      const { axis, reductionIndices = axis } = call.attrs
      const axes = util.parseAxisParam(reductionIndices ?? null!, x.shape)
      const shape = keptShape(x, axes, call)
      const values = util.getTypedArrayFromDType(x.dtype as 'float32', util.sizeFromShape(shape))
      values.fill(neutral(x.dtype === 'int32'))
      const dataId = native.backend.write(values, shape, x.dtype)
      return { dataId, shape, dtype: x.dtype }
    }
  }
}

function reduction(scaleOf: (count: number) => number): Kernel {
  return (native, stock) => (call) => {
    const { x } = call.inputs as { x: TensorInfo }
    if (x.dtype !== 'float32') return stock(call)
    const axes = util.parseAxisParam(call.attrs.axis ?? null!, x.shape)
    const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1)
    return { ...reduce(native, x, axes, scaleOf(count)), shape: keptShape(x, axes, call) }
  }
}

function keptShape({ shape }: TensorInfo, axes: number[], { attrs }: Call): number[] {
  if (attrs.keepDims) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
  return shape.filter((_, axis) => !axes.includes(axis))
}

// One axis of three at a time, the last first; what is scaled is the last result, the smallest.
function reduce(native: Native, x: TensorInfo, axes: readonly number[], scale: number): TensorInfo {
  const merged = mergeAxes(x.shape, axes)
  const summed = merged.flatMap((axis, i) => (axis.reduced ? [i] : [])).reverse()
  // nothing to sum: a copy
  if (summed.length === 0) return sumAxis(native, x, [1, 1, util.sizeFromShape(x.shape)], scale)
  const sizes = merged.map(({ size }) => size)
  return summed.reduce((from, i, round) => {
    const [before, size, after] = [sizes.slice(0, i), sizes[i]!, sizes.slice(i + 1)]
    sizes[i] = 1
    const last = round === summed.length - 1
    const shape = [util.sizeFromShape(before), size, util.sizeFromShape(after)] as const
    const to = sumAxis(native, from, shape, last ? scale : 1)
    if (from !== x) native.backend.disposeData(from.dataId)
    return to
  }, x)
}

function sumAxis(
  native: Native,
  x: TensorInfo,
  [a, r, c]: readonly [number, number, number],
  scale: number,
): TensorInfo {
  const out = native.output([a, c])
  native.call.sumAxis(a, r, c, native.address(x), native.address(out), scale)
  return out
}

/** Neighbouring axes that are all reduced, or all not, as one; those of size 1 are left out. */
function mergeAxes(shape: readonly number[], axes: readonly number[]) {
  const merged: { size: number; reduced: boolean }[] = []
  shape.forEach((size, axis) => {
    if (size === 1) return
    const reduced = axes.includes(axis)
    const last = merged.at(-1)
    if (last?.reduced === reduced) last.size *= size
    else merged.push({ size, reduced })
  })
  return merged
}
