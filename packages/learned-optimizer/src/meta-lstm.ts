// Ravi & Larochelle 2017, Optimization as a Model for Few-Shot Learning, ICLR 2017.
import {
  accuracy,
  type Batch,
  type Context,
  classesOf,
  contextWith,
  KshotError,
  type Meta,
  type MetaLearner,
  type Normalisation,
  type NormalisationOptions,
  normalisationOf,
  normModeOf,
  oneHotLabels,
  type Params,
  presentClasses,
  queryTraits,
  type ShapedModel,
  softmaxCrossEntropy,
  stopGradient,
  type Traits,
  tree,
  valueAndGrad,
  withoutAbsent,
} from '@kshot/core'
import { dense, series } from '@kshot/core/nn'
import { type Scalar, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core'
import { coordinates, fromCoordinates } from './coordinates'
import { firstOf, type Gates, initialGates, stepped } from './gates'
import { check, metaLstmOptions } from './options'

export interface MetaLstmOptions {
  /** The net below the head. */
  readonly model: ShapedModel
  /** Output units of the head: it is for so many classes only. */
  readonly ways: number
  /** T: steps on the support set. Default 8. */
  readonly steps?: number | { readonly train: number; readonly test: number }
  /** Of the LSTM that sees gradient and loss. Default 20. */
  readonly units?: number
  /** Default `batch-separate`: transductive, where the net has batch norm. */
  readonly normalisation?: NormalisationOptions
}

/** θ_0, which is c_0: where each task starts, and how it goes on from there. */
type Weights = Gates & { readonly start: Params }

const BY_DEFAULT = { train: 'batch-separate', test: 'batch-separate' } as const

/**
 * An LSTM whose cell is the classifier: it learns where to start, and how to step.
 *
 * - θ_t = f_t ⊙ θ_{t−1} − i_t ⊙ ∇L(θ_{t−1}) (eq. 2, with c_t = θ_t)
 * - i_t = σ(W_I [∇, L, θ_{t−1}, i_{t−1}] + b_I), f_t = σ(W_F [∇, L, θ_{t−1}, f_{t−1}] + b_F) (section 3.1);
 *   ∇ and L come through an LSTM, as in the published code
 * - loss: cross-entropy of the queries under θ_T; ∇ and L count as constants (section 3.2)
 *
 * Each step sees the whole support set. `predict` returns logits `[n, ways]`.
 * @throws `learned-optimizer/bad-option`; `learned-optimizer/wrong-way` where the
 * head meets another number of classes; on a support set, what `classesOf` of `@kshot/core` throws
 * @example const learner = metaLstm({ model: finnNet({ filters: 32 }), ways: 5 })
 */
export function metaLstm(options: MetaLstmOptions): MetaLearner {
  check('metaLstm', metaLstmOptions, options)
  const { model, ways, units = 20 } = options
  const steps = bothSteps(options.steps ?? 8)
  const normalisation = normalisationOf(options.normalisation, BY_DEFAULT)
  const net = series([model, dense({ units: ways })])
  const modeOf = (phase: Context['phase']) =>
    normModeOf(normalisation[phase === 'train' ? 'train' : 'test'])

  /** θ_T. */
  function adapted(meta: Meta, support: Batch, { phase }: Context): Params {
    checkWays(ways, classesOf(support))
    const count = phase === 'train' ? steps.train : steps.test
    return descended(meta.params as Weights, units, count, (params) => {
      const { y } = net.apply({ params, state: meta.state }, support.x, { norm: modeOf(phase) })
      return softmaxCrossEntropy(y, support.y)
    })
  }

  return {
    spec: {
      package: '@kshot/learned-optimizer',
      export: 'metaLstm',
      options: { model: model.spec, ways, steps, units, normalisation },
    },
    traits: { ...traitsOf(model, ways, normalisation.test), innerSteps: steps.test },
    withInnerSteps: (test) => metaLstm({ ...options, steps: { ...steps, test } }),
    init(rng, { inputShape, ways: taskWays }) {
      if (taskWays !== undefined) checkWays(ways, taskWays)
      const { params: start, state } = net.init(rng.split('net'), inputShape)
      return { params: { start, ...initialGates(rng, units) }, state }
    },
    loss(meta, { support, query }, ctx) {
      const params = adapted(meta, support, contextWith(ctx, { phase: 'train' }))
      const weights = { params, state: meta.state }
      const { y, state } = net.apply(weights, query.x, { norm: modeOf('train') })
      const loss = softmaxCrossEntropy(y, query.y)
      return { loss, state, metrics: { accuracy: accuracy(y, query.y) } }
    },
    adapt: (meta, support, ctx) =>
      tree.tidy(() => ({
        params: adapted(meta, support, ctx),
        present: presentClasses(oneHotLabels(support)),
      })),
    predict: (meta, task, x, { phase }) =>
      tidy(() => {
        const { params, present } = task as { params: Params; present: Tensor1D }
        const { y } = net.apply({ params, state: meta.state }, x, { norm: modeOf(phase) })
        return withoutAbsent(y as Tensor2D, present)
      }),
  }
}

function traitsOf(
  model: ShapedModel,
  ways: number,
  normalisation: Normalisation,
): Omit<Traits, 'innerSteps'> {
  return {
    anyWay: false,
    classEquivariant: false,
    supportOrderInvariant: true,
    unevenShots: true,
    ...queryTraits(model, normalisation),
    fixedWays: ways,
    net: model.spec,
  }
}

/** The parameters after so many steps, to which the LSTM makes ∇ and L of `lossOf`. */
function descended(
  { start, ...gates }: Weights,
  units: number,
  steps: number,
  lossOf: (params: Params) => Scalar,
): Params {
  let now = firstOf(coordinates(start), units)
  for (let t = 0; t < steps; t++) {
    const theta = fromCoordinates(start, stopGradient(now.theta))
    const { value, gradient } = valueAndGrad(lossOf)(theta)
    now = stepped(gates, now, stopGradient(coordinates(gradient)), stopGradient(value))
  }
  return fromCoordinates(start, now.theta)
}

function bothSteps(steps: NonNullable<MetaLstmOptions['steps']>) {
  return typeof steps === 'number' ? { train: steps, test: steps } : { ...steps }
}

function checkWays(ways: number, found: number): void {
  if (found === ways) return
  throw new KshotError('learned-optimizer/wrong-way', {
    got: `a task of ${found} classes`,
    expected: `${ways} classes, one for each unit of the head`,
    remedy: 'Draw tasks of that many classes, or build the learner for another number',
  })
}
