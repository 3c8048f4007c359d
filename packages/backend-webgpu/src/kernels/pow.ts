import { broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'
import { run } from './program'

/** aᵇ with broadcasting: WGSL's own is for positive a, and TensorFlow.js' makes 0 of 0⁻¹. */
export const powers: Kernels = {
  Pow: (call, stock) => {
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo }
    const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape)
    const left = a.dtype !== 'float32' || b.dtype !== 'float32' || shape.includes(0)
    if (left) return stock(call)
    const axes = shape.map((n, k) => ({ [`n${k}`]: n }))
    return run(call.backend, {
      key: `pow_${shape.length}`,
      inputs: { a, b },
      shape,
      dtype: 'float32',
      ints: Object.assign({}, ...axes, strides('a', a, shape), strides('b', b, shape)),
      functions: POWER,
      code: `
  var rest = i; var p = 0; var q = 0;
  ${shape
    .map(
      (_, k) =>
        `p += rest % uniforms.n${k} * uniforms.a${k}; q += rest % uniforms.n${k} * uniforms.b${k}; rest /= uniforms.n${k};`,
    )
    .reverse()
    .join('\n  ')}
  result[i] = power(a[p], b[q]);`,
    })
  },
}

/** Between neighbours along each axis of the result, 0 where x is repeated. */
function strides(name: string, { shape }: TensorInfo, out: readonly number[]) {
  const own = [...util.computeStrides(shape), 1]
  const missing = out.length - shape.length
  const entries = out.map((_, k) => {
    const axis = k - missing
    return [`${name}${k}`, axis < 0 || shape[axis] === 1 ? 0 : own[axis]!] as const
  })
  return Object.fromEntries(entries)
}

const POWER = `
fn power(a : f32, b : f32) -> f32 {
  if (b == 0.0) { return 1.0; }
  if (isnan(a) || isnan(b) || (a < 0.0 && floor(b) != b)) { return uniforms.NAN; }
  if (a == 0.0) { return select(0.0, uniforms.INFINITY, b < 0.0); }
  let odd = abs(b) % 2.0 == 1.0;
  return select(1.0, -1.0, a < 0.0 && odd) * pow(abs(a), b);
}`
