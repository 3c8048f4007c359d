import { add, mul, neg, pow, rsqrt, sub, type Tensor } from '@tensorflow/tfjs-core'
import { sumTo } from '../broadcast'
import { runKernel } from '../kernels'
import { type Gradients, rule } from './gradient'

export const others: Gradients = {
  // y = (x − mean) · rsqrt(variance + ε) · scale + offset
  FusedBatchNorm: rule(
    ['x', 'mean', 'variance', 'scale'],
    (dy: Tensor, saved, { varianceEpsilon }) => {
      const [x, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor]
      const inverse = () => rsqrt(add(variance, varianceEpsilon))
      const centred = () => sub(x, mean)
      const scaled = () => mul(dy, scale)
      return {
        x: () => mul(scaled(), inverse()),
        mean: () => neg(sumTo(mul(scaled(), inverse()), mean.shape)),
        variance: () => {
          const derivative = mul(pow(inverse(), 3), -0.5)
          return sumTo(mul(mul(scaled(), centred()), derivative), variance.shape)
        },
        scale: () => sumTo(mul(dy, mul(centred(), inverse())), scale.shape),
        offset: () => sumTo(dy, scale.shape),
      }
    },
  ),
  ...resize('ResizeBilinear'),
  ...resize('ResizeNearestNeighbor'),
}

// Resizing is linear, and so is its adjoint, which is its own kernel.
function resize(name: string): Gradients {
  return {
    [name]: rule(['images'], (dy: Tensor, [images], attrs) => ({
      images: () => runKernel(`${name}Grad`, { images, dy }, attrs),
    })),
    [`${name}Grad`]: rule(['images', 'dy'], (ddx: Tensor, [images, dy], attrs) => ({
      dy: () => runKernel(name, { images: ddx }, { ...attrs, size: dy!.shape.slice(1, 3) }),
      images: () => mul(images!, 0),
    })),
  }
}
