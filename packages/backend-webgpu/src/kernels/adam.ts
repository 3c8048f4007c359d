import { ScaleByAdam, type ScaleByAdamAttrs } from '@kshot/core/backend'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernel'
import { type Program, run } from './program'

/** Adam in three programs per parameter, instead of a dozen. */
export const optimizers: Kernels = {
  [ScaleByAdam]: ({ inputs, attrs, backend }) => {
    const { gradient, m, v } = inputs as { [name: string]: TensorInfo }
    const { b1, b2, eps, unbiasM, unbiasV } = attrs as ScaleByAdamAttrs
    const compute = (program: Pick<Program, 'key' | 'inputs' | 'floats' | 'code'>) =>
      run(backend, { ...program, shape: gradient!.shape, dtype: 'float32' })
    const moment = (past: TensorInfo, b: number, value: string) =>
      compute({
        key: `moment_${value}`,
        inputs: { g: gradient!, past },
        floats: { b, rest: 1 - b },
        code: `let a = g[i]; result[i] = past[i] * uniforms.b + ${value} * uniforms.rest;`,
      })
    const [first, second] = [moment(m!, b1, 'a'), moment(v!, b2, '(a * a)')]
    const direction = compute({
      key: 'adam',
      inputs: { m: first, v: second },
      floats: { unbiasM, unbiasV, eps },
      code: 'result[i] = m[i] * uniforms.unbiasM / (sqrt(v[i] * uniforms.unbiasV) + uniforms.eps);',
    })
    return [direction, first, second]
  },
}
