// Chen et al. 2019, A Closer Look at Few-shot Classification, arXiv:1904.04232, section 3.1: training stage.
import {
  accuracy,
  type Batch,
  type Context,
  KshotError,
  type Meta,
  type Model,
  type Params,
  type Rng,
  softmaxCrossEntropy,
  type TaskLoss,
  type TaskSpec,
} from '@kshot/core'
import { type Tensor2D, tidy, zeros } from '@tensorflow/tfjs-core'
import { type Head, randomHead } from './heads'

/** A net and a classifier of all training classes on it; the classifier is of no use at test. */
export type ClassifierParams = { readonly body: Params; readonly head: Tensor2D }

/**
 * Training with batches over all training classes: cross-entropy of one classifier on the features
 * of a batch, which are normalised together.
 * @throws `baseline/no-training-classes`, `baseline/wrong-way`
 */
export function classifierTraining(backbone: Model, head: Head) {
  return {
    init(rng: Rng, { inputShape, ways }: TaskSpec): Meta {
      if (ways === undefined) throw noTrainingClasses()
      const { params, state } = backbone.init(rng.split('body'), inputShape)
      const features = widthOf(backbone, { params, state }, inputShape)
      const weight = randomHead(rng.split('head'), [head.rows(features), ways])
      return { params: { body: params, head: weight }, state }
    },
    /** The loss of a batch, the state after it, and the features, `[n, d]`. */
    loss(meta: Meta, batch: Batch, ctx: Context): TaskLoss & { features: Tensor2D } {
      const { body, head: weight } = meta.params as ClassifierParams
      checkWays(batch.ways, weight.shape[1])
      const weights = { params: body, state: meta.state }
      const { y, state } = backbone.apply(weights, batch.x, { norm: 'batch', rng: ctx.rng })
      const features = y as Tensor2D
      const logits = head.logits(head.inputs(features), weight)
      const loss = softmaxCrossEntropy(logits, batch.y)
      return { loss, state, metrics: { accuracy: accuracy(logits, batch.y) }, features }
    },
  }
}

/** The net alone, as it is used once it is trained. */
export function bodyOf({ params, state }: Meta): Meta {
  return { params: (params as ClassifierParams).body, state }
}

/** How many features the net gives an example. */
function widthOf(backbone: Model, weights: Meta, inputShape: readonly number[]): number {
  return tidy(() => backbone.apply(weights, zeros([1, ...inputShape]), { norm: 'running' }).y.size)
}

function noTrainingClasses(): KshotError {
  return new KshotError('baseline/no-training-classes', {
    got: 'training tasks without a number of classes',
    expected: 'batches over all training classes',
    remedy: 'Train on batches(data, { size, seed }) from @kshot/episodes, whose taskSpec has it',
  })
}

function checkWays(ways: number | undefined, outputs: number): void {
  if (ways === outputs) return
  throw new KshotError('baseline/wrong-way', {
    got: ways === undefined ? 'a batch without classes' : `a batch of ${ways} classes`,
    expected: `the ${outputs} training classes that the classifier was created for`,
    remedy: 'Train on batches over all training classes, not on episodes',
  })
}
