import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import { each, type Kernels } from './kernel'
import { run } from './program'

/**
 * What WGSL leaves open: its functions need not keep NaN, so that a sigmoid of NaN is 0 on some GPUs and training
 * goes on over broken numbers; and its sine may be wrong in the fourth digit.
 */
const FUNCTIONS: { readonly [kernel: string]: string } = {
  Exp: 'exp(a)',
  Expm1: 'expm1(a)',
  Log: 'select(select(log(a), -uniforms.INFINITY, a == 0.0), uniforms.NAN, a < 0.0)',
  Log1p: 'select(select(log1p(a), -uniforms.INFINITY, a == -1.0), uniforms.NAN, a < -1.0)',
  Sigmoid: '1.0 / (1.0 + exp(-a))',
  Softplus: 'max(a, 0.0) + log1p(exp(-abs(a)))',
  Elu: 'select(expm1(a), a, a >= 0.0)',
  Selu: 'select(1.7580993408473766 * expm1(a), 1.0507009873554805 * a, a >= 0.0)',
  Relu6: 'clamp(a, 0.0, 6.0)',
  Sin: 'select(sinus(a, 0), sin(a), abs(a) > FAR)',
  Cos: 'select(sinus(a, 1), cos(a), abs(a) > FAR)',
  Tan: 'select(sinus(a, 0) / sinus(a, 1), tan(a), abs(a) > FAR)',
}

/** What TensorFlow.js' own may leave to the processor, which is right. */
const ON_PROCESSOR = ['Exp', 'Expm1', 'Log']

export const unaries: Kernels = each(Object.keys(FUNCTIONS), (name) => (call, stock) => {
  const { x } = call.inputs as { x: TensorInfo }
  if (x.dtype !== 'float32' || util.sizeFromShape(x.shape) === 0) return stock(call)
  // small tensors that were never on the GPU
  if (ON_PROCESSOR.includes(name) && call.backend.shouldExecuteOnCPU([x])) return stock(call)
  return run(call.backend, {
    key: `unary_${name}`,
    inputs: { x },
    shape: x.shape,
    dtype: 'float32',
    functions: HELPERS,
    code: `let a = x[i]; result[i] = select(${FUNCTIONS[name]}, a, isnan(a));`,
  })
})

// Near 0 the difference to 1 is lost, the series is not. Sine: Cody & Waite 1980, chapter 8: the angle less the
// nearest multiple of π/2, in three parts, and the polynomials of the Cephes library for what is left of it.
const HELPERS = `
const FAR = 50000.0;
fn expm1(a : f32) -> f32 {
  return select(exp(a) - 1.0, a * (1.0 + a * (0.5 + a * (0.16666667 + a * 0.041666668))), abs(a) < 0.01);
}
fn log1p(a : f32) -> f32 {
  return select(log(1.0 + a), a * (1.0 - a * (0.5 - a * (0.33333334 - a * 0.25))), abs(a) < 0.01);
}
fn sinus(a : f32, quarter : i32) -> f32 {
  let n = round(a * 0.63661977236);
  let r = ((a - n * 1.5703125) - n * 4.837512969970703125e-4) - n * 7.54978995489188216e-8;
  let q = i32(n) + quarter;
  let s = r * r;
  let odd = r + r * s * (-1.6666654611e-1 + s * (8.3321608736e-3 + s * -1.9515295891e-4));
  let even = 1.0 - 0.5 * s + s * s * (4.166664568298827e-2 + s * (-1.388731625493765e-3 + s * 2.443315711809948e-5));
  return select(odd, even, (q & 1) == 1) * select(1.0, -1.0, (q & 2) == 2);
}`
