import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { columnSums } from './columns'
import { reducedShape } from './empty'
import { type Call, each, type Kernel, type Kernels } from './kernel'
import { run } from './program'
import { transposed } from './view'

/**
 * For a processor that plays the GPU: kernels whose threads do not wait for each other. TensorFlow.js' own share
 * memory between threads, which takes a GPU less time and a processor twenty times as much.
 */
export const plain: Kernels = {
  ...each(['Sum', 'Mean'], (name) => reduction(name === 'Mean')),
  BatchMatMul: product,
  Transpose: (call, stock) => {
    const { x } = call.inputs as { x: TensorInfo }
    const few = call.backend.shouldExecuteOnCPU([x]) || x.dtype !== 'float32'
    return few ? stock(call) : transposed(call, x)
  },
}

/** Over axes next to each other. */
function reduction(mean: boolean): Kernel {
  return (call, stock) => {
    const { x } = call.inputs as { x: TensorInfo }
    const axes = util.parseAxisParam(call.attrs.axis, x.shape).sort((a, b) => a - b)
    const [first, last] = [axes[0] ?? 0, axes.at(-1) ?? -1]
    if (x.dtype !== 'float32' || last - first !== axes.length - 1) return stock(call)
    const size = (from: number, to?: number) => util.sizeFromShape(x.shape.slice(from, to))
    const rows = size(first, last + 1)
    const sizes = { groups: size(0, first), rows, c: size(last + 1) }
    const columns = { backend: call.backend, ...sizes, ints: {}, floats: {} }
    const sums = columnSums(columns, { key: 'sum', inputs: { x } }, ['x[at]'], mean ? 1 / rows : 1)
    return { ...sums, shape: reducedShape(call) }
  }
}

function product(call: Call, stock: (call: Call) => TensorInfo): TensorInfo {
  const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo }
  const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean }
  const [batchA, batchB] = [a, b].map(({ shape }) => shape.slice(0, -2)) as [number[], number[]]
  const counts = [batchA, batchB].map((batch) => util.sizeFromShape(batch)) as [number, number]
  const differ = counts[0] !== counts[1] && Math.min(...counts) !== 1
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || differ) return stock(call)
  const [m, k] = transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2)
  const n = b.shape.at(transposeB ? -2 : -1)!
  return run(call.backend, {
    key: `product_${transposeA}_${transposeB}`,
    inputs: { a, b },
    shape: [...broadcast_util.assertAndGetBroadcastShape(batchA, batchB), m!, n],
    dtype: 'float32',
    ints: {
      m: m!,
      n,
      k: k!,
      ownA: counts[0] === 1 ? 0 : 1,
      ownB: counts[1] === 1 ? 0 : 1,
    },
    code: `
  let u = uniforms; let column = i % u.n; let row = (i / u.n) % u.m; let batch = i / (u.n * u.m);
  let a0 = batch * u.ownA * u.m * u.k + row * ${transposeA ? '1' : 'u.k'};
  let b0 = batch * u.ownB * u.k * u.n + column * ${transposeB ? 'u.k' : '1'};
  var total = 0.0;
  for (var p = 0; p < u.k; p += 1) {
    total += a[a0 + p * ${transposeA ? 'u.m' : '1'}] * b[b0 + p * ${transposeB ? '1' : 'u.n'}];
  }
  result[i] = total;`,
  })
}
