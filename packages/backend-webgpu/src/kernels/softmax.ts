import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'
import { run } from './program'

/** exp(x − max) / Σ exp(x − max) along the last axis: a NaN is in all of its row, as on other backends. */
export const softmaxes: Kernels = {
  Softmax: (call, stock) => {
    const { logits: x } = call.inputs as { logits: TensorInfo }
    const size = util.sizeFromShape(x.shape)
    const last = call.attrs.dim === x.shape.length - 1
    if (x.dtype !== 'float32' || size === 0 || !last) return stock(call)
    const n = x.shape.at(-1)!
    const common = { dtype: 'float32', ints: { n } } as const
    const rows = run(call.backend, {
      ...common,
      key: 'softmax_rows',
      inputs: { x },
      shape: [size / n, 2],
      invocations: size / n,
      code: `
  var largest = x[i * uniforms.n];
  for (var k = 1; k < uniforms.n; k += 1) { largest = max(largest, x[i * uniforms.n + k]); }
  var total = 0.0;
  for (var k = 0; k < uniforms.n; k += 1) { total += part(x[i * uniforms.n + k], largest); }
  result[i * 2] = largest; result[i * 2 + 1] = total;`,
      functions: PART,
    })
    const y = run(call.backend, {
      ...common,
      key: 'softmax',
      inputs: { x, rows },
      shape: x.shape,
      code: `
  let row = i / uniforms.n;
  result[i] = part(x[i], rows[row * 2]) / rows[row * 2 + 1];`,
      functions: PART,
    })
    call.backend.disposeData(rows.dataId)
    return y
  },
}

// that of NaN is what the GPU likes
const PART = `
fn part(x : f32, largest : f32) -> f32 {
  return select(exp(x - largest), uniforms.NAN, isnan(x) || isnan(x - largest));
}`
