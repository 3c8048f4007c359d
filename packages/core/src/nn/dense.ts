import { add, matMul, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core'
import { drawWeight, type Initializer } from './init'
import { checkInputs } from './input-shape'
import type { Layer } from './layer'

export interface DenseOptions {
  readonly units: number
  readonly weightInit?: Initializer
  readonly biasInit?: Initializer
}

/** y = x W + b; `[n, in]` to `[n, units]`. */
export function dense({ units, weightInit = 'torch', biasInit = 'torch' }: DenseOptions): Layer {
  return {
    normalises: false,
    outputShape: () => [units],
    init(rng, [inputs]) {
      const fan = { in: inputs!, out: units }
      const weight = drawWeight(rng.split('weight'), [inputs!, units], fan, weightInit)
      const bias = drawWeight(rng.split('bias'), [units], fan, biasInit)
      return { params: { weight, bias }, state: {} }
    },
    apply({ params }, x) {
      const { weight, bias } = params as { weight: Tensor2D; bias: Tensor1D }
      checkInputs('inputs', weight.shape[0], x.shape[1]!)
      return { y: add(matMul(x as Tensor2D, weight), bias), state: {} }
    },
  }
}
