import { type Tensor, zerosLike } from '@tensorflow/tfjs-core'
import {
  BatchNormPool,
  BatchNormPoolGrad,
  BatchNormPoolGradGrad,
  BatchNormTrain,
  BatchNormTrainGrad,
  BatchNormTrainGradGrad,
  ConvBatchNormPool,
  ConvBatchNormPoolGrad,
} from '../../kernels'
import { convInput, convolve } from '../convolution'
import { runKernels } from '../kernels'
import { type Gradients, type InputGradients, rule } from './gradient'

/** A kernel, that of its derivative, and that of the derivative of it. */
type Family = readonly [forward: string, backward: string, twice: string]

export const batchNorms: Gradients = {
  ...rules([BatchNormTrain, BatchNormTrainGrad, BatchNormTrainGradGrad]),
  ...rules([BatchNormPool, BatchNormPoolGrad, BatchNormPoolGradGrad]),
  [ConvBatchNormPool]: {
    saves: ['x', 'filter', 'gamma', 'beta'],
    constants: [false, true, true, true],
    gradient(dy, [x, filter, gamma, beta, mean, variance, place], attrs) {
      const inputs = { dy, place, x, filter, gamma, beta, mean, variance }
      const derivatives = runKernels(ConvBatchNormPoolGrad, inputs, attrs)
      return {
        ...byInput(['filter', 'gamma', 'beta'], derivatives),
        // rarely wanted: x is an image
        x() {
          const convolution = { strides: 1, pad: 'same' } as const
          const convolved = convolve(x, filter, convolution)
          const normed = { dy, x: convolved, gamma, beta, mean, variance }
          const [dNormed] = runKernels(BatchNormPoolGrad, normed, attrs)
          return convInput(dNormed!, filter, x.shape, convolution)
        },
      }
    },
  },
}

// One kernel gives the derivatives in all inputs, so it runs once, outside of the tape's scope of each.
// The derivative in x counts that mean and variance depend on x: those two are constants here, and what
// flows into them from running statistics is dropped (see `batchNormTrain`).
function rules([forward, backward, twice]: Family): Gradients {
  return {
    [forward]: {
      saves: ['x', 'gamma', 'beta'],
      constants: [false, true, true],
      gradient(dy, [x, gamma, beta, mean, variance], attrs) {
        const inputs = { dy, x, gamma, beta, mean, variance }
        return byInput(['x', 'gamma', 'beta'], runKernels(backward, inputs, attrs))
      },
    },
    [backward]: rule(
      ['dy', 'x', 'gamma', 'beta', 'mean', 'variance'],
      (_, [dy, x, gamma, beta, mean, variance], attrs, [ddx, ddgamma, ddbeta]) => {
        const inputs = { ddx, ddgamma, ddbeta, dy, x, gamma, beta, mean, variance }
        return {
          ...byInput(['dy', 'x', 'gamma'], runKernels(twice, inputs, attrs)),
          beta: () => zerosLike(beta),
          mean: () => zerosLike(mean),
          variance: () => zerosLike(variance),
        }
      },
    ),
  }
}

function byInput(inputs: readonly string[], derivatives: readonly Tensor[]): InputGradients {
  return Object.fromEntries(inputs.map((input, i) => [input, () => derivatives[i]!]))
}
