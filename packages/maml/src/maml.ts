// Finn, Abbeel & Levine 2017, Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks, arXiv:1703.03400.
import {
  accuracy,
  type Batch,
  type Context,
  type Initializer,
  KshotError,
  type Meta,
  type MetaLearner,
  meanSquaredError,
  type NormMode,
  type Params,
  type ShapedModel,
  softmaxCrossEntropy,
  stopGradient,
  tree,
  valueAndGrad,
} from '@kshot/core'
import {
  clone,
  concat,
  mul,
  type Scalar,
  slice,
  sub,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import { applyHead, checkWays, drawHead, forWays, type Head, type Weights } from './head'

/** Which examples MAML can normalise together; see `Normalisation` of `@kshot/core`. */
export type MamlNormalisation = 'batch-separate' | 'support+one' | 'running' | 'none'

export interface MamlOptions {
  /** The net below the head; for a regression (`head: 'none'`) the whole net. */
  readonly model: ShapedModel
  /**
   * - `fixed`: one output unit a label, as in the paper; only for `ways` classes
   * - `shared`: one learned vector, copied to each class (Ye & Chao 2021): for any number of classes
   * - `none`: the model's output is the prediction (regression)
   */
  readonly head?: Head
  /** Number of classes, for `head: 'fixed'`. */
  readonly ways?: number
  /** Default `torch`; the paper's code draws from N(0, 1): `{ normal: 1 }`. */
  readonly headInit?: Initializer
  /** α; of the mean loss over the support set. */
  readonly innerRate: number
  /** Gradient steps in the inner loop; may differ at test. */
  readonly steps: number | { readonly train: number; readonly test: number }
  /** Leaves the second derivatives out (section 5.2). */
  readonly firstOrder?: boolean
  /** A regular expression: the paths of the parameters that the inner loop adapts. Default: all. */
  readonly adapts?: string
  /** Default `batch-separate`, as the paper's code: transductive, where the net has batch norm. */
  readonly normalisation?: { train?: MamlNormalisation; test?: MamlNormalisation }
}

/**
 * MAML: parameters from which a few gradient steps on a support set do well on its query set.
 *
 * - inner loop: θ′ ← θ − α ∇_θ L_support(θ), `steps` times (eq. 1)
 * - loss: L_query(θ′), differentiated through the inner loop (algorithm 2, line 8)
 *
 * `predict` returns logits `[n, ways]`, or the output of a regression.
 * @throws `maml/bad-option`; `maml/wrong-way` where a fixed head meets another number of classes
 * @example
 * const learner = maml({ model: finnNet(), head: 'fixed', ways: 5, innerRate: 2, steps: 1 })
 */
export function maml(options: MamlOptions): MetaLearner {
  const { model, head = 'shared', ways, headInit = 'torch', innerRate } = options
  const { firstOrder = false, adapts = '', normalisation } = options
  const steps = checkedSteps(options)
  const { train = 'batch-separate', test = 'batch-separate' } = normalisation ?? {}
  const isAdapted = new RegExp(adapts)

  const forward = (params: Weights, state: Params, x: Tensor, norm: NormMode) => {
    const { y, state: next } = model.apply({ params: params.body, state }, x, { norm })
    return { y: applyHead(params.head, y), state: next }
  }

  /** The inner loop: θ′, from the support set. */
  function adaptTo(meta: Meta, support: Batch, phase: Context['phase']): Weights {
    checkWays(head, ways, support.ways)
    const norm = normMode(phase === 'train' ? train : test)
    const loss = (params: Weights) =>
      taskLoss(forward(params, meta.state, support.x, norm).y, support)
    let params = forWays(meta.params as Weights, support.ways ?? 1)
    for (let step = 0; step < (phase === 'train' ? steps.train : steps.test); step++) {
      params = descend(params, valueAndGrad(loss)(params).gradient)
    }
    return params
  }

  function descend(params: Weights, gradient: Weights): Weights {
    return tree.zip(
      ([theta, slope], path) => {
        if (!isAdapted.test(path)) return theta!
        return sub(theta!, mul(firstOrder ? stopGradient(slope!) : slope!, innerRate))
      },
      params,
      gradient,
    )
  }

  /** Each query in a batch of its own, together with the support set. */
  function oneByOne(params: Weights, state: Params, support: Tensor, x: Tensor) {
    const results = Array.from({ length: x.shape[0]! }, (_, i) =>
      forward(params, state, concat([support, slice(x, i, 1)]), 'batch'),
    )
    const n = support.shape[0]!
    return { y: concat(results.map(({ y }) => slice(y, n, 1))), state: results.at(-1)!.state }
  }

  return {
    spec: {
      package: '@kshot/maml',
      export: 'maml',
      options: {
        ...{ model: model.spec, head, headInit, innerRate, steps, firstOrder, adapts },
        ...(ways !== undefined && { ways }),
        normalisation: { train, test },
      },
    },
    traits: {
      anyWay: head === 'shared',
      classEquivariant: head === 'shared',
      supportOrderInvariant: true,
      unevenShots: true,
      transductive: test === 'batch-separate',
    },
    init(rng, { inputShape, ways: taskWays }) {
      checkWays(head, ways, taskWays)
      const { params, state } = model.init(rng.split('body'), inputShape)
      if (head === 'none') return { params: { body: params }, state }
      const [features] = model.outputShape(inputShape)
      const columns = head === 'fixed' ? ways! : 1
      const drawn = drawHead(rng.split('head'), features!, columns, headInit)
      return { params: { body: params, head: drawn }, state }
    },
    loss(meta, { support, query }) {
      const params = adaptTo(meta, support, 'train')
      const { y, state } =
        train === 'support+one'
          ? oneByOne(params, meta.state, support.x, query.x)
          : forward(params, meta.state, query.x, normMode(train))
      const isRight = query.ways !== undefined && { accuracy: accuracy(y, query.y) }
      return { loss: taskLoss(y, query), state, metrics: { ...isRight } }
    },
    adapt: (meta, support, { phase }) =>
      tree.tidy((): Params => {
        const params = tree.clone(adaptTo(meta, support, phase))
        return { params, ...(test === 'support+one' && { support: clone(support.x) }) }
      }),
    predict: (meta, adapted, x) =>
      tidy(() => {
        const { params, support } = adapted as { params: Weights; support?: Tensor }
        return support
          ? oneByOne(params, meta.state, support, x).y
          : forward(params, meta.state, x, normMode(test)).y
      }),
  }
}

/** Cross-entropy where there are classes, else the mean squared error. */
function taskLoss(output: Tensor, { y, ways }: Batch): Scalar {
  return ways === undefined ? meanSquaredError(output, y) : softmaxCrossEntropy(output, y)
}

function normMode(mode: MamlNormalisation): NormMode {
  return mode === 'running' || mode === 'none' ? mode : 'batch'
}

function checkedSteps({ steps, innerRate, head, ways }: MamlOptions) {
  const both = typeof steps === 'number' ? { train: steps, test: steps } : { ...steps }
  const counts = [both.train, both.test, ...(head === 'fixed' ? [ways ?? 0] : [])]
  const whole = counts.every((n) => Number.isInteger(n) && n >= 0)
  if (whole && innerRate > 0 && Number.isFinite(innerRate) && (head !== 'fixed' || ways! > 0)) {
    return both
  }
  throw new KshotError('maml/bad-option', {
    got: JSON.stringify({ steps, innerRate, head, ways }),
    expected: "steps of at least 0, a positive innerRate, and ways beside head: 'fixed'",
    remedy: 'Start from a preset, such as innerRate 0.4 and 1 step',
  })
}
