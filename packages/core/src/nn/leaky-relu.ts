import { leakyRelu as leaky } from '@tensorflow/tfjs-core'
import { type Layer, stateless } from './layer'

/** max(x, slope · x) of each number (Maas et al. 2013). */
export function leakyRelu(slope = 0.1): Layer {
  return stateless((x) => leaky(x, slope))
}
