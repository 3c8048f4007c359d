import type { Tensor } from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'
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

/**
 * The shape that a net returns for an example of a shape.
 * @throws `core/no-output-shape` for a net that cannot say
 */
export function outputShapeOf(
  net: Pick<Model, 'apply'> | Layer,
  inputShape: readonly number[],
): readonly number[] {
  const { outputShape } = net as Partial<Layer>
  if (outputShape) return outputShape(inputShape)
  const { spec } = net as Partial<Model>
  throw new KshotError('core/no-output-shape', {
    got: `a net${spec ? `, ${spec.export},` : ''} without outputShape`,
    expected: 'a net that knows the shape it returns: what stands on it is sized to fit',
    remedy: 'Add outputShape: (inputShape) => shape, or use a net such as mlp() or conv4()',
  })
}

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
