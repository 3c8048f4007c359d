import type { Tensor } from '@tensorflow/tfjs-core'
import type { Model, NormMode } from '../learner'
import type { Rng } from '../random'
import type { Spec } from '../spec'

/** Part of a model: a {@link Model} that knows its output shape. */
export interface Layer extends Omit<Model, 'spec'> {
  outputShape(inputShape: readonly number[]): readonly number[]
}

export interface LayerOptions {
  readonly norm: NormMode
  readonly innerStep?: number
  readonly rng?: Rng
}

/** A model that knows the shape it returns. */
export type ShapedModel = Model & Layer

/** A layer without parameters. */
export function stateless(
  apply: (x: Tensor) => Tensor,
  outputShape: Layer['outputShape'] = (shape) => shape,
): Layer {
  return {
    normalises: false,
    outputShape,
    init: () => ({ params: {}, state: {} }),
    apply: (_, x) => ({ y: apply(x), state: {} }),
  }
}

/** Names a layer, so that it can be rebuilt from its spec. */
export function model(name: string, options: Spec['options'], layer: Layer): ShapedModel {
  return { ...layer, spec: { package: '@kshot/core', export: name, options } }
}
