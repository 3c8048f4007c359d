import { reshape, type Tensor } from '@tensorflow/tfjs-core'
import type { AnyEncoder } from '../encoder'
import { KshotError } from '../errors'
import type { Model } from '../learner'
import type { Rng } from '../random'
import type { Spec } from '../spec'
import type { Params } from '../tree'

/** A model from a plain function and the draw of its parameters. */
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
 * A backbone of an encoder: examples are its embeddings, `[n, d]`, encoded once before any learner
 * sees them, so an episode costs what its embeddings cost. The spec, and so each checkpoint, names
 * the encoder.
 * @throws `encoder/not-encoded` for anything else than rows of its length
 * @example const learner = protonet({ backbone: frozen(imageEncoder()) })
 */
export function frozen(encoder: AnyEncoder): Model
/**
 * A frozen, pre-trained network: anything with `predict`, such as a tfjs `LayersModel` or `GraphModel`.
 * `name` stands for it in specs; who loads a checkpoint passes the same network again.
 */
export function frozen(name: string, network: { predict(x: Tensor): unknown }): Model
export function frozen(
  frozenOne: AnyEncoder | string,
  network?: { predict(x: Tensor): unknown },
): Model {
  if (typeof frozenOne !== 'string') return embeddings({ encoder: frozenOne })
  const spec = { package: '@kshot/core', export: 'frozen', options: { name: frozenOne } }
  return fromFunction(
    spec,
    () => ({}),
    (_, x) => network!.predict(x) as Tensor,
  )
}

export interface EmbeddingsOptions {
  /** Whose embeddings they are. Default: anybody's. */
  readonly encoder?: AnyEncoder
}

/**
 * The identity: examples are embeddings already, one row each.
 * @throws `encoder/not-encoded` for what cannot be the given encoder's
 */
export function embeddings({ encoder }: EmbeddingsOptions = {}): Model {
  const options = encoder ? { encoder: encoder.spec } : {}
  return fromFunction(
    { package: '@kshot/core', export: 'embeddings', options },
    (_, inputShape) => {
      if (encoder) checkEncoded(encoder, inputShape)
      return {}
    },
    (_, x) => {
      if (encoder) checkEncoded(encoder, x.shape.slice(1))
      return reshape(x, [x.shape[0]!, x.size / x.shape[0]!])
    },
  )
}

function checkEncoded({ spec, dimensions }: AnyEncoder, shape: readonly number[]): void {
  if (shape.length === 1 && shape[0] === dimensions) return
  throw new KshotError('encoder/not-encoded', {
    got: `examples of shape [${shape.join(', ')}]`,
    expected: `embeddings of ${spec.export}, [${dimensions}]`,
    remedy: 'Encode the examples first, with encoder.encode(inputs)',
  })
}
