import { reshape, type Tensor } from '@tensorflow/tfjs-core'
import type { AnyEncoder } from '../encoder'
import { KshotError } from '../errors'
import type { Model } from '../learner'
import { checkOptions } from '../options/check-options'
import type { Rng } from '../random'
import type { Spec } from '../spec'
import type { Params } from '../tree'
import { outputShapeOf, type ShapedModel } from './layer'
import { embeddingsOptions } from './model-options'

/** Builds a model from a plain function and an initialiser of its parameters. */
export function fromFunction(
  spec: Spec,
  init: (rng: Rng, inputShape: readonly number[]) => Params,
  f: (params: Params, x: Tensor) => Tensor,
): Model {
  return {
    spec,
    normalises: false,
    init: (rng, inputShape) => ({ params: init(rng, inputShape), state: {} }),
    apply: ({ params, state }, x) => ({ y: f(params, x), state }),
  }
}

/**
 * A backbone from an encoder: examples are its embeddings, `[n, d]`, encoded once before any learner
 * sees them, so episodes are cheap. The spec, and thus each checkpoint, names
 * the encoder. A `net` on top is trained like any other; the encoder stays as it is.
 * @throws `encoder/not-encoded` for anything but rows of its length
 * @example const learner = protonet({ backbone: frozen(imageEncoder()) })
 * @example const learner = protonet({ backbone: frozen(imageEncoder(), mlp({ hidden: [], outputs: 256 })) })
 */
export function frozen(encoder: AnyEncoder, net?: Model): ShapedModel
/**
 * A frozen, pre-trained network: anything with `predict`, such as a tfjs `LayersModel` or `GraphModel`.
 * `name` identifies it in specs; to load a checkpoint, pass the same network again.
 */
export function frozen(name: string, network: { predict(x: Tensor): unknown }): Model
export function frozen(
  frozenOne: AnyEncoder | string,
  on?: Model | { predict(x: Tensor): unknown },
): Model {
  if (typeof frozenOne !== 'string') {
    return embeddings({ encoder: frozenOne, ...(on && { net: on as Model }) })
  }
  const spec = { package: '@kshot/core', export: 'frozen', options: { name: frozenOne } }
  return fromFunction(
    spec,
    () => ({}),
    (_, x) => (on as { predict(x: Tensor): unknown }).predict(x) as Tensor,
  )
}

export interface EmbeddingsOptions {
  /** The encoder that made the embeddings. Default: any. */
  readonly encoder?: AnyEncoder
  /** A net to train on top of them. Default: none. */
  readonly net?: Model
}

/**
 * A backbone for examples that are embeddings already, one row each: the identity, or a net on top.
 * @throws `core/bad-option`; `encoder/not-encoded` for what cannot be the given encoder's
 */
export function embeddings(given: EmbeddingsOptions = {}): ShapedModel {
  checkOptions('core/bad-option', 'embeddings', embeddingsOptions, given)
  const { encoder, net } = given
  const spec = {
    package: '@kshot/core',
    export: 'embeddings',
    options: { ...(encoder && { encoder: encoder.spec }), ...(net && { net: net.spec }) },
  }
  const checked = (shape: readonly number[]) => encoder && checkEncoded(encoder, shape)
  if (net) return onTop(spec, net, checked)
  const asTheyAre = fromFunction(
    spec,
    (_, inputShape) => {
      checked(inputShape)
      return {}
    },
    (_, x) => {
      checked(x.shape.slice(1))
      return reshape(x, [x.shape[0]!, x.size / x.shape[0]!])
    },
  )
  return { ...asTheyAre, outputShape: (shape) => [shape.reduce((product, n) => product * n, 1)] }
}

function onTop(spec: Spec, net: Model, check: (shape: readonly number[]) => void): ShapedModel {
  return {
    spec,
    normalises: net.normalises,
    outputShape: (shape) => outputShapeOf(net, shape),
    init(rng, inputShape) {
      check(inputShape)
      return net.init(rng, inputShape)
    },
    apply(weights, x, options) {
      check(x.shape.slice(1))
      return net.apply(weights, x, options)
    },
  }
}

function checkEncoded({ spec, dimensions }: AnyEncoder, shape: readonly number[]): void {
  if (shape.length === 1 && shape[0] === dimensions) return
  throw new KshotError('encoder/not-encoded', {
    got: `examples of shape [${shape.join(', ')}]`,
    expected: `embeddings of ${spec.export}, [${dimensions}]`,
    remedy: 'Encode the examples first, with encoder.encode(inputs)',
  })
}
