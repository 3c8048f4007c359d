import type { Encoder } from '../encoder'
import type { AnyLearner, Meta } from '../learner'
import type { Backend } from '../use-backend'
import { badPrior, badUnknown } from './errors'
import type { Head } from './head'

export interface ClassifierOptions<Input> {
  /** Turns inputs into embeddings. Without one, inputs are tensors. */
  readonly encoder?: Encoder<Input>
  /** Classifies embeddings without training. Default `centroidHead()`. */
  readonly head?: Head
  /** A meta-trained learner that replaces the head. */
  readonly learner?: AnyLearner
  /** The learner's meta-parameters. Borrowed: they must live as long as the classifier. */
  readonly meta?: Meta
  /**
   * Where "none of these" begins. `auto`: calibrated from the examples alone. A number: the score
   * of the head below which an input is none of the classes. `false`: always answer with a label.
   *
   * With a learner, no encoder and one example per class, there is nothing to calibrate by: it always answers
   * with a label.
   */
  readonly unknown?: 'auto' | number | false
  /** How often each class is expected: equally often, or in proportion to its `examples`. */
  readonly prior?: 'uniform' | 'examples'
  /** Computes on this backend; the app's active backend stays as it is. Default: the active one. */
  readonly backend?: Backend
  /** Whether what a learner does is recorded once and then run as a program. Default: true. */
  readonly program?: boolean
  readonly seed?: number
}

export interface AddOptions {
  /** A small picture for recognising the example; kept and saved with it. */
  readonly thumbnail?: Uint8Array
}

/** @throws `core/bad-option` */
export function checkOptions<Input>({ unknown, prior }: ClassifierOptions<Input>): void {
  const known = unknown === undefined || unknown === 'auto' || unknown === false
  if (!known && !Number.isFinite(unknown)) throw badUnknown(unknown)
  if (![undefined, 'uniform', 'examples'].includes(prior)) throw badPrior(prior)
}
