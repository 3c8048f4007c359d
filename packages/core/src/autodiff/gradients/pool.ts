import {
  add,
  avgPool,
  backend_util,
  maxPool,
  mul,
  onesLike,
  pad,
  reshape,
  slice,
  step,
  stridedSlice,
  sub,
  type Tensor,
  type Tensor4D,
  tensor,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { MaxPoolGradGrad } from '../../kernels'
import { broadcastTo } from '../broadcast'
import { hasKernel, hasOwnKernel, isStockWasm, runKernel } from '../kernels'
import { interleave, padOrCrop, spreadOut } from '../spatial'
import { type Gradients, offTape, rule, stopGradient, unary } from './gradient'

interface PoolAttrs {
  readonly filterSize: number | [number, number]
  readonly strides: number | [number, number]
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

// Where the maximum lies is a constant: to second order, max-pooling is a gather at the arg-max.
// Of equals, the first in reading order is the maximum, as in TensorFlow.
export const pools: Gradients = {
  MaxPool: unary((dy, x, attrs: PoolAttrs) => {
    if (hasKernel('MaxPoolGrad') && !isStockWasm('MaxPoolGrad')) {
      // kernels of our own find the maxima themselves
      const output = hasOwnKernel('MaxPoolGrad') ? stopGradient(dy) : pooled(x, attrs)
      return runKernel('MaxPoolGrad', { dy, input: x, output }, attrs)
    }
    // stock wasm's MaxPoolGrad loses windows without a positive number
    return isHalving(x, attrs) ? unpoolHalved(dy, x) : putAtMax(dy, x, attrs)
  }),
  MaxPoolGrad: rule(['dy', 'input', 'output'], (ddx: Tensor, saved, attrs) => {
    const [, input, output] = saved as [Tensor, Tensor, Tensor]
    return {
      dy: () =>
        hasKernel(MaxPoolGradGrad)
          ? runKernel(MaxPoolGradGrad, { ddx, input, output }, attrs)
          : takeAtMax(ddx, input, output, attrs),
      input: () => zerosLike(input),
      output: () => zerosLike(output),
    }
  }),
  [MaxPoolGradGrad]: rule(['input', 'output'], (dt: Tensor, saved, attrs) => {
    const [input, output] = saved as [Tensor, Tensor]
    return {
      ddx: () => runKernel('MaxPoolGrad', { dy: dt, input, output }, attrs),
      input: () => zerosLike(input),
      output: () => zerosLike(output),
    }
  }),
  AvgPool: unary((dy, x, attrs: PoolAttrs) => spreadMean(dy, x, attrs)),
  AvgPoolGrad: rule(['dy', 'input'], (ddx: Tensor, [, input], attrs: PoolAttrs) => ({
    dy: () => runKernel('AvgPool', { x: ddx }, attrs),
    input: () => zerosLike(input!),
  })),
}

function pooled(x: Tensor, { filterSize, strides, pad, dimRoundingMode }: PoolAttrs): Tensor {
  return offTape(() => maxPool(x as Tensor4D, filterSize, strides, pad, dimRoundingMode))
}

function poolInfo(x: Tensor, { filterSize, strides, pad, dimRoundingMode }: PoolAttrs) {
  const shape = x.shape as Shape4D
  return backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode)
}

type Shape4D = [number, number, number, number]
type PoolInfo = ReturnType<typeof poolInfo>

/** 2 × 2 windows that neither overlap nor reach over the border. */
function isHalving(x: Tensor, attrs: PoolAttrs): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = poolInfo(x, attrs)
  const twos = [filterHeight, filterWidth, strideHeight, strideWidth].every((n) => n === 2)
  return twos && [padInfo.top, padInfo.bottom, padInfo.left, padInfo.right].every((n) => n === 0)
}

// Halved twice, along rows and then along columns: each pair hands its gradient to the larger one.
function unpoolHalved(dy: Tensor, x: Tensor): Tensor {
  const [, h, w] = x.shape as Shape4D
  const rest: [number, number][] = [
    [0, 0],
    [0, h % 2],
    [0, w % 2],
    [0, 0],
  ]
  const even = padOrCrop(
    x,
    rest.map(([before, after]) => [before, -after]),
  )
  const { inRow, inColumn } = offTape(() => {
    const rows = maxPool(even as Tensor4D, [1, 2], [1, 2], 'valid')
    const columns = maxPool(rows, [2, 1], [2, 1], 'valid')
    return { inRow: secondIsLarger(even, rows, 2), inColumn: secondIsLarger(rows, columns, 1) }
  })
  return padOrCrop(divide(divide(dy, inColumn, 1), inRow, 2), rest)
}

/** For each pair along `axis`, 1 where the second is larger than the first; `larger` is their maximum. */
function secondIsLarger(x: Tensor, larger: Tensor, axis: 1 | 2): Tensor {
  const outer = x.shape.slice(0, axis + 1).reduce((a, b) => a * b, 1) / 2
  const first = slice(reshape(x, [outer, x.size / outer]), [0, 0], [outer, larger.size / outer])
  return step(sub(larger, reshape(first, larger.shape)))
}

function divide(dy: Tensor, second: Tensor, axis: 1 | 2): Tensor {
  const right = mul(dy, second)
  return interleave(sub(dy, right), right, axis)
}

/** For each place in the window, 1 where the maximum lies there. */
function* maxima(x: Tensor, y: Tensor, info: PoolInfo) {
  let open = offTape(() => onesLike(y))
  for (let i = 0; i < info.filterHeight; i++) {
    for (let j = 0; j < info.filterWidth; j++) {
      const before = open
      const hit = offTape(() => mul(before, sub(1, step(sub(y, window(x, i, j, info, -3e38))))))
      open = offTape(() => sub(before, hit))
      yield { i, j, hit }
    }
  }
}

/** Takes, for each window, the entry of `v` where `x` has its maximum `y`. */
function takeAtMax(v: Tensor, x: Tensor, y: Tensor, attrs: PoolAttrs): Tensor {
  const info = poolInfo(x, attrs)
  let taken: Tensor = zeros(y.shape)
  for (const { i, j, hit } of maxima(x, y, info)) {
    taken = add(taken, mul(hit, window(v, i, j, info, 0)))
  }
  return taken
}

/** The adjoint of {@link takeAtMax}: adds the entries of `dy` where `x` has its maxima. */
function putAtMax(dy: Tensor, x: Tensor, attrs: PoolAttrs): Tensor {
  const info = poolInfo(x, attrs)
  const { strideHeight, strideWidth, inHeight, inWidth, padInfo } = info
  let dx: Tensor = zeros(x.shape)
  for (const { i, j, hit } of maxima(x, pooled(x, attrs), info)) {
    const spread = spreadOut(spreadOut(mul(dy, hit), 1, strideHeight), 2, strideWidth)
    const [top, left] = [i - padInfo.top, j - padInfo.left]
    const placed = padOrCrop(spread, [
      [0, 0],
      [top, inHeight - spread.shape[1]! - top],
      [left, inWidth - spread.shape[2]! - left],
      [0, 0],
    ])
    dx = add(dx, placed)
  }
  return dx
}

/** The entries at place (i, j) of all windows. */
function window(x: Tensor, i: number, j: number, info: PoolInfo, outside: number): Tensor {
  const { top, bottom, left, right } = info.padInfo
  const edges: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
  const padded = edges.flat().some((n) => n > 0) ? pad(x, edges, outside) : x
  const { strideHeight, strideWidth, outHeight, outWidth } = info
  const [endRow, endColumn] = [
    i + strideHeight * (outHeight - 1) + 1,
    j + strideWidth * (outWidth - 1) + 1,
  ]
  const end = [x.shape[0]!, endRow, endColumn, x.shape[3]!]
  return stridedSlice(padded, [0, i, j, 0], end, [1, strideHeight, strideWidth, 1])
}

// dX = the sums of dY / (numbers averaged) over all windows a number lies in. TensorFlow.js' own
// kernel divides by the whole window, also where it reaches over the border.
function spreadMean(dy: Tensor, x: Tensor, attrs: PoolAttrs): Tensor {
  const info = poolInfo(x, attrs)
  const { filterHeight: kh, filterWidth: kw, strideHeight, strideWidth, padInfo } = info
  const share = offTape(() => tensor(shares(info), [1, info.outHeight, info.outWidth, 1]))
  const shared = mul(dy, share)
  if (isApart(info)) return repeatWindows(shared, info)
  const spread = spreadOut(spreadOut(shared, 1, strideHeight), 2, strideWidth)
  const [top, left] = [kh - 1 - padInfo.top, kw - 1 - padInfo.left]
  const padded = padOrCrop(spread, [
    [0, 0],
    [top, info.inHeight - spread.shape[1]! + kh - 1 - top],
    [left, info.inWidth - spread.shape[2]! + kw - 1 - left],
    [0, 0],
  ])
  return mul(avgPool(padded as Tensor4D, [kh, kw], 1, 'valid'), kh * kw)
}

/** Windows next to each other, none over the border. */
function isApart({
  filterHeight,
  filterWidth,
  strideHeight,
  strideWidth,
  padInfo,
}: PoolInfo): boolean {
  const inside = [padInfo.top, padInfo.bottom, padInfo.left, padInfo.right].every((n) => n === 0)
  return inside && filterHeight === strideHeight && filterWidth === strideWidth
}

function repeatWindows(x: Tensor, info: PoolInfo): Tensor {
  const { batchSize: n, outHeight: h, outWidth: w, outChannels: c } = info
  const [kh, kw] = [info.filterHeight, info.filterWidth]
  const wide = broadcastTo(reshape(x, [n, h, 1, w, 1, c]), [n, h, kh, w, kw, c])
  return padOrCrop(reshape(wide, [n, h * kh, w * kw, c]), [
    [0, 0],
    [0, info.inHeight - h * kh],
    [0, info.inWidth - w * kw],
    [0, 0],
  ])
}

/** One by the number of entries each window averages. */
function shares(info: PoolInfo): number[] {
  const inside = (n: number, stride: number, k: number, before: number, size: number) =>
    Array.from({ length: n }, (_, i) => {
      const start = i * stride - before
      return Math.min(start + k, size) - Math.max(start, 0)
    })
  const { padInfo } = info
  const rows = inside(
    info.outHeight,
    info.strideHeight,
    info.filterHeight,
    padInfo.top,
    info.inHeight,
  )
  const columns = inside(
    info.outWidth,
    info.strideWidth,
    info.filterWidth,
    padInfo.left,
    info.inWidth,
  )
  return rows.flatMap((r) => columns.map((c) => 1 / (r * c)))
}
