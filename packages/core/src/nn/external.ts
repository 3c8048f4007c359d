import { reshape, type Tensor } from '@tensorflow/tfjs-core'
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
    init: (rng, inputShape) => ({ params: init(rng, inputShape), state: {} }),
    apply: ({ params, state }, x) => ({ y: f(params, x), state }),
  }
}

/**
 * A frozen, pre-trained network: anything with `predict`, such as a tfjs `LayersModel` or `GraphModel`.
 * `name` stands for it in specs; who loads a checkpoint passes the same network again.
 */
export function frozen(name: string, network: { predict(x: Tensor): unknown }): Model {
  const spec = { package: '@kshot/core', export: 'frozen', options: { name } }
  return fromFunction(
    spec,
    () => ({}),
    (_, x) => network.predict(x) as Tensor,
  )
}

/** The identity: examples are embeddings already, one row each. */
export function embeddings(): Model {
  const spec = { package: '@kshot/core', export: 'embeddings', options: {} }
  return fromFunction(
    spec,
    () => ({}),
    (_, x) => reshape(x, [x.shape[0]!, x.size / x.shape[0]!]),
  )
}
