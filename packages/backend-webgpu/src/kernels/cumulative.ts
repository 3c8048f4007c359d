import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Kernel, Kernels } from './kernel'
import { run } from './program'

/**
 * Running sums and products, each number by itself. TensorFlow.js' own have, backwards, the length of the axis in
 * their code and not in the name that it is kept under: the next length gets a wrong program.
 */
export const cumulatives: Kernels = { Cumsum: cumulative('+', 0), Cumprod: cumulative('*', 1) }

function cumulative(operator: '+' | '*', start: number): Kernel {
  return ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo }
    const { exclusive, reverse } = attrs as { exclusive: boolean; reverse: boolean }
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0] ?? 0
    const type = x.dtype === 'float32' ? 'f32' : 'i32'
    // from the end that is summed first up to this number, or to the one before
    const [from, last] = reverse ? ['uniforms.n - 1', 'p - k'] : ['0', 'k - p']
    return run(backend, {
      key: `cumulative_${operator}_${reverse}`,
      inputs: { x },
      shape: x.shape,
      dtype: x.dtype,
      ints: {
        n: x.shape[axis] ?? 1,
        inner: util.sizeFromShape(x.shape.slice(axis + 1)),
        without: exclusive ? 1 : 0,
      },
      code: `
  let k = (i / uniforms.inner) % uniforms.n;
  var total = ${type}(${start});
  for (var p = ${from}; ${last} >= uniforms.without; p ${reverse ? '-' : '+'}= 1) {
    total ${operator}= x[i + (p - k) * uniforms.inner];
  }
  result[i] = total;`,
    })
  }
}
