import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { NativeBackend } from '../native-backend'
import { convolutions } from './conv'
import { elementwise } from './elementwise'
import { type Call, type Kernel, type Kernels, meanwhile } from './kernel'
import { products } from './product'

const ACTIVATIONS: { readonly [name: string]: string } = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
}

/** What models of TensorFlow.js use: an operation, a bias, an activation. */
export const fused: Kernels = {
  FusedConv2D: (backend, call) => finished(backend, convolutions.Conv2D!, call),
  FusedDepthwiseConv2D: (backend, call) =>
    finished(backend, convolutions.DepthwiseConv2dNative!, call),
  _FusedMatMul: (backend, call) => finished(backend, products.BatchMatMul!, call),
  /** Batch norm with statistics that are given, along the last axis. */
  FusedBatchNorm: (backend, { inputs, attrs: { varianceEpsilon } }) => {
    const { x, mean, variance, scale, offset } = inputs
    return meanwhile(backend, (keep) => {
      const run = (operation: string, ...operands: (TensorInfo | number)[]) =>
        keep(backend.run(operation, operands))
      const inverse = run('Rsqrt', run('AddV2', variance, backend.float(varianceEpsilon)))
      const factor = scale ? run('Mul', inverse, scale) : inverse
      const centred = run('Sub', x, mean)
      if (!offset) return backend.run('Mul', [centred, factor])
      return backend.run('AddV2', [run('Mul', centred, factor), offset])
    })
  },
}

function finished(backend: NativeBackend, kernel: Kernel, { inputs, attrs }: Call): TensorInfo {
  const { bias, preluActivationWeights: alpha } = inputs
  const { activation, leakyreluAlpha } = attrs
  return meanwhile(backend, (keep) => {
    let y = keep(kernel(backend, { inputs, attrs }) as TensorInfo)
    if (bias) y = keep(backend.run('AddV2', [y, bias]))
    const name = ACTIVATIONS[activation]
    if (!name) return backend.alias(y)
    const call = { inputs: { x: y, alpha }, attrs: { alpha: leakyreluAlpha } }
    return elementwise[name]!(backend, call) as TensorInfo
  })
}
