// Chen et al. 2019, A Closer Look at Few-shot Classification, arXiv:1904.04232: Baseline and Baseline++.
import { type Batch, compareEpisodes, type MetaLearner, type Model, type Rng } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import { type Tensor2D, transpose, zeros } from '@tensorflow/tfjs-core'
import { centroidsOf } from './centroids'
import { bodyOf, classifierTraining } from './classifier-training'
import { cosineHead, type HeadKind, linearHead, randomHead } from './heads'
import { fineTunedOptions } from './options'
import { tuned } from './tuning'

export interface FineTunedOptions {
  /** f_θ: trained as the lower part of a classifier, fixed from then on. */
  readonly backbone: Model
  /** `linear`: Baseline; `cosine`: Baseline++. Default `linear`. */
  readonly head?: HeadKind
  /** Multiplies the cosine. Default as in the published code: 2 up to 200 classes, 10 beyond. */
  readonly scale?: number
  /** Gradient steps for a new head, each on the whole support set. Default 100. */
  readonly steps?: number
  /** Default 0.01. */
  readonly rate?: number
  /** Default 0.001. */
  readonly weightDecay?: number
  /**
   * The weights that a new head starts from. `symmetric`: zeros (linear), the class means (cosine), so
   * that all classes are treated alike. `random`: as in the published code. Default `symmetric`.
   */
  readonly headInit?: HeadInit
}

export type HeadInit = 'symmetric' | 'random'

/**
 * Classifier pre-training and a new head for each task.
 *
 * - Training stage (section 3.1): a classifier of all training classes, on batches.
 * - Fine-tuning stage: θ is fixed; a new head W is trained on the features of the support set by
 *   gradient descent on the cross-entropy, with momentum 0.9 and dampening 0.9.
 * - Baseline: p(y | x) = softmax(Wᵀ f_θ(x) + b). Baseline++ (section 3.2):
 *   softmax(scale · cos(f_θ(x), w_k)).
 *
 * Unlike the published code, each step uses the whole support set, not 4 examples; a new head starts
 * `symmetric`; the cosine head learns no norm of a class. `predict` returns the logits, `[n, ways]`.
 * @throws `baseline/bad-option`, `baseline/no-training-classes`, `baseline/wrong-way`,
 *   `core/no-classes`, `core/one-class`, `core/empty-support`
 * @example
 * const learner = fineTuned({ backbone: conv4(), head: 'cosine' })
 */
export function fineTuned(options: FineTunedOptions): MetaLearner<Batch> {
  checkOptions('baseline/bad-option', 'fineTuned', fineTunedOptions, options)
  const { backbone, head: kind = 'linear', scale, headInit = 'symmetric' } = options
  const { steps = 100, rate = 0.01, weightDecay = 1e-3 } = options
  const head = kind === 'linear' ? linearHead : cosineHead((ways) => scale ?? publishedScale(ways))
  const training = classifierTraining(backbone, head)

  const { traits, adapt, predict } = compareEpisodes({
    backbone,
    normalisation: { train: 'batch-joint', test: 'running' },
    embed: (meta, x, norm) => backbone.apply(bodyOf(meta), x, { norm }),
    remember(_, features, oneHot, { rng }) {
      const inputs = head.inputs(features)
      const first = firstHead(headInit, kind, inputs, oneHot, rng)
      return { weight: tuned(head, inputs, oneHot, first, { steps, rate, weightDecay }) }
    },
    score: (_, features, { weight }) => head.logits(head.inputs(features), weight),
  })

  return {
    spec: {
      package: '@kshot/baseline',
      export: 'fineTuned',
      options: {
        backbone: backbone.spec,
        head: kind,
        steps,
        rate,
        weightDecay,
        headInit,
        ...(scale !== undefined && { scale }),
      },
    },
    traits: { ...traits, classEquivariant: headInit === 'symmetric', innerSteps: steps },
    trainsOn: 'batches',
    withInnerSteps: (steps) => fineTuned({ ...options, steps }),
    init: training.init,
    loss(meta, batch, ctx) {
      const { features: _, ...result } = training.loss(meta, batch, ctx)
      return result
    },
    adapt,
    predict,
  }
}

/** `[rows, ways]` */
function firstHead(
  how: HeadInit,
  kind: HeadKind,
  inputs: Tensor2D,
  oneHot: Tensor2D,
  rng: Rng,
): Tensor2D {
  const shape = [inputs.shape[1], oneHot.shape[1]] as const
  if (how === 'random') return randomHead(rng.split('head'), shape)
  return kind === 'linear' ? zeros([...shape]) : transpose(centroidsOf(inputs, oneHot))
}

function publishedScale(ways: number): number {
  return ways <= 200 ? 2 : 10
}
