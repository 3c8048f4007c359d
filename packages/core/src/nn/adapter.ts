// Gao et al. 2021, CLIP-Adapter: Better Vision-Language Models with Feature Adapters, arXiv:2110.04544, eq. 6:
// what is learned is added to the frozen features. Here it is one linear map, which begins as zero.
import { add, matMul, type Tensor2D } from '@tensorflow/tfjs-core'
import { checkOptions } from '../options/check-options'
import { flatten } from './flatten'
import { drawWeight } from './init'
import { checkInputs } from './input-shape'
import { type Layer, model, type ShapedModel } from './layer'
import { adapterOptions } from './model-options'
import { series } from './series'
import { unitRoots } from './similarity'

export interface AdapterOptions {
  /** Takes √|x| sign x first, scaled to length 1, as `centroidHead` does. Default: false. */
  readonly roots?: boolean
}

/**
 * A net for the top of a frozen encoder: z = x + x A, with A = 0 at first; `[n, d]` to `[n, d]`.
 *
 * A new layer with random weights has to learn again what the embeddings can do, from far fewer classes
 * than the encoder saw; this one starts from there. A small rate (1e-4) keeps it near.
 * @throws `core/bad-option`
 * @example const learner = protonet({ backbone: frozen(textEncoder(), adapter()), distance: 'cosine', scale: 30 })
 */
export function adapter(options: AdapterOptions = {}): ShapedModel {
  checkOptions('core/bad-option', 'adapter', adapterOptions, options)
  const { roots = false } = options
  return model('adapter', { roots }, series([flatten(), residual(roots)]))
}

function residual(roots: boolean): Layer {
  return {
    normalises: false,
    outputShape: (shape) => shape,
    init(rng, [d]) {
      const weight = drawWeight(rng, [d!, d!], { in: d!, out: d! }, 'zeros')
      return { params: { weight }, state: {} }
    },
    apply({ params }, given) {
      const { weight } = params as { weight: Tensor2D }
      checkInputs('inputs', weight.shape[0], given.shape[1]!)
      const x = roots ? unitRoots(given as Tensor2D) : (given as Tensor2D)
      return { y: add(x, matMul(x, weight)), state: {} }
    },
  }
}
