import {
  add,
  argMax,
  cast,
  equal,
  exp,
  log,
  max,
  mean,
  mul,
  neg,
  oneHot,
  type Scalar,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core'
import { stopGradient } from '../autodiff'
import { KshotError } from '../errors'

/** log Σ exp x along `axis`, which is kept as 1. The maximum is taken out, so nothing overflows. */
export function logSumExp(x: Tensor, axis = -1): Tensor {
  // The value does not depend on the shift, so it counts as a constant.
  const shift = stopGradient(max(x, axis, true))
  return add(log(sum(exp(sub(x, shift)), axis, true)), shift)
}

/** x − log Σ exp x along `axis`. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return sub(x, logSumExp(x, axis))
}

/** exp x / Σ exp x along `axis`. */
export function softmax(x: Tensor, axis = -1): Tensor {
  return exp(logSoftmax(x, axis))
}

export interface CrossEntropyOptions {
  /** Over examples; `none` returns one loss each, `[n]`. */
  readonly reduction?: 'mean' | 'sum' | 'none'
  /** Fraction of the target spread evenly over the classes. */
  readonly labelSmoothing?: number
}

/**
 * −Σ_k t_k log softmax(logits)_k, averaged over examples.
 *
 * Built from operations with correct second derivatives; TensorFlow.js' own is not.
 * @param logits `[n, ways]`
 * @param labels int32 `[n]`, or one-hot or soft targets `[n, ways]`
 */
export function softmaxCrossEntropy(
  logits: Tensor,
  labels: Tensor,
  { reduction = 'mean', labelSmoothing = 0 }: CrossEntropyOptions = {},
): Scalar {
  const ways = logits.shape.at(-1)!
  checkLabels(logits, labels)
  const hard = labels.rank === 1 ? oneHot(labels as Tensor1D, ways) : labels
  const targets = cast(hard, 'float32')
  const smooth =
    labelSmoothing === 0 ? targets : add(mul(targets, 1 - labelSmoothing), labelSmoothing / ways)
  const losses = neg(sum(mul(smooth, logSoftmax(logits)), -1))
  return reduced(losses, reduction)
}

/**
 * log(1 + eᶻ) − z t: binary cross-entropy of logits, without overflow.
 * @param logits z, of any shape; `labels` t of the same shape, in [0, 1]
 */
export function binaryCrossEntropy(
  logits: Tensor,
  labels: Tensor,
  { reduction = 'mean' }: Pick<CrossEntropyOptions, 'reduction'> = {},
): Scalar {
  return reduced(sub(softplus(logits), mul(logits, labels)), reduction)
}

/**
 * The mean of (output − target)² over all entries.
 * @throws `core/shape-mismatch`: targets `[n]` against outputs `[n, 1]` would be broadcast to `[n, n]`
 */
export function meanSquaredError(output: Tensor, target: Tensor): Scalar {
  if (output.shape.join() !== target.shape.join()) {
    throw new KshotError('core/shape-mismatch', {
      got: `targets of shape [${target.shape.join(', ')}] for outputs of shape [${output.shape.join(', ')}]`,
      expected: `targets [${output.shape.join(', ')}]`,
      remedy: 'Reshape the targets to the shape of the outputs',
    })
  }
  return mean(square(sub(output, target)))
}

/** The fraction of examples whose largest logit is at their label. Has no gradient. */
export function accuracy(logits: Tensor, labels: Tensor): Scalar {
  const truth = labels.rank === 1 ? labels : argMax(labels, -1)
  const right = cast(equal(argMax(logits, -1), cast(truth, 'int32')), 'float32')
  return stopGradient(mean(right) as Scalar)
}

function reduced(losses: Tensor, reduction: 'mean' | 'sum' | 'none'): Scalar {
  if (reduction === 'none') return losses as Scalar
  return reduction === 'sum' ? sum(losses) : mean(losses)
}

function checkLabels(logits: Tensor, labels: Tensor): void {
  const fits =
    labels.rank === 1
      ? labels.shape[0] === logits.shape[0]
      : labels.shape.join() === logits.shape.join()
  if (fits) return
  throw new KshotError('core/shape-mismatch', {
    got: `labels of shape [${labels.shape.join(', ')}] for logits of shape [${logits.shape.join(', ')}]`,
    expected: `labels [${logits.shape[0]}], or one row of targets per example`,
    remedy: 'Pass one label per example, as integers or one-hot',
  })
}
