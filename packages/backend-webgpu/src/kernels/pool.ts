import { MaxPoolGradGrad } from '@kshot/core/backend'
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { Call, Kernels } from './kernel'
import { run } from './program'

/**
 * Max-pooling, backwards, and again: the first of equals in reading order is the maximum, where TensorFlow.js' own
 * takes the last, and NaN where there is nothing else. `output` is not read.
 */
export const pools: Kernels = {
  MaxPool: (call, stock) => {
    const { x } = call.inputs as { x: TensorInfo }
    if (x.dtype !== 'float32') return stock(call)
    return pooled(call, { x }, x, 'result[i] = x[largest(i)];')
  },

  MaxPoolGrad: (call) => {
    const { dy, input: x } = call.inputs as { dy: TensorInfo; input: TensorInfo }
    return pooled(call, { x, dy }, x, SCATTERED, x.shape)
  },

  [MaxPoolGradGrad]: (call) => {
    const { ddx, input: x } = call.inputs as { ddx: TensorInfo; input: TensorInfo }
    return pooled(call, { x, ddx }, x, 'result[i] = ddx[largest(i)];')
  },
}

function pooled(
  { attrs, backend }: Call,
  inputs: { readonly [name: string]: TensorInfo },
  x: TensorInfo,
  code: string,
  shape?: readonly number[],
): TensorInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs
  const input = x.shape as [number, number, number, number]
  const info = backend_util.computePool2DInfo(input, filterSize, strides, 1, pad, dimRoundingMode)
  return run(backend, {
    key: `pool_${Object.keys(inputs)[1] ?? ''}`,
    inputs,
    shape: shape ?? info.outShape,
    dtype: 'float32',
    ints: {
      h: info.inHeight,
      w: info.inWidth,
      c: info.inChannels,
      oh: info.outHeight,
      ow: info.outWidth,
      kh: info.filterHeight,
      kw: info.filterWidth,
      sh: info.strideHeight,
      sw: info.strideWidth,
      top: info.padInfo.top,
      left: info.padInfo.left,
    },
    functions: LARGEST,
    code,
  })
}

const LARGEST = `
// where in x the maximum of window o lies
fn largest(o : i32) -> i32 {
  let channel = o % uniforms.c; let column = (o / uniforms.c) % uniforms.ow;
  let line = o / (uniforms.c * uniforms.ow);
  let y0 = (line % uniforms.oh) * uniforms.sh - uniforms.top;
  let x0 = column * uniforms.sw - uniforms.left;
  var at = -1; var found = 0.0;
  for (var y = max(y0, 0); y < min(y0 + uniforms.kh, uniforms.h); y += 1) {
    for (var z = max(x0, 0); z < min(x0 + uniforms.kw, uniforms.w); z += 1) {
      let place = (((line / uniforms.oh) * uniforms.h + y) * uniforms.w + z) * uniforms.c + channel;
      let value = x[place];
      if (at < 0 || value > found || isnan(found)) { at = place; found = value; }
    }
  }
  return at;
}`

/** Each number takes the gradients of the windows whose maximum it is. */
const SCATTERED = `
  let channel = i % uniforms.c; let z = (i / uniforms.c) % uniforms.w + uniforms.left;
  let line = i / (uniforms.c * uniforms.w);
  let y = line % uniforms.h + uniforms.top;
  let last = vec2(min(y / uniforms.sh, uniforms.oh - 1), min(z / uniforms.sw, uniforms.ow - 1));
  var total = 0.0;
  for (var p = last.x; p >= 0 && p * uniforms.sh + uniforms.kh > y; p -= 1) {
    for (var q = last.y; q >= 0 && q * uniforms.sw + uniforms.kw > z; q -= 1) {
      let o = (((line / uniforms.h) * uniforms.oh + p) * uniforms.ow + q) * uniforms.c + channel;
      if (largest(o) == i) { total += dy[o]; }
    }
  }
  result[i] = total;`
