import type * as tree from '../tree'
import { shapesOf, tensorsIn } from './inputs'
import { programs } from './programs'

export interface ProgramOptions {
  /** Told once why calls are not recorded. Default: `console.warn`. */
  readonly onRefused?: (reason: string) => void
}

/** A function that is recorded. */
export interface Program<Inputs extends readonly unknown[], Result> {
  (...inputs: Inputs): Result
  /** Frees what the recordings hold; a later call records again. */
  dispose(): void
}

/**
 * A function of tensors that is recorded, and then run without TensorFlow.js' tape and scopes, without what its
 * result doesn't need, and without what it computes twice. Its results are the same bytes.
 *
 * Inputs are trees of tensors and plain values. The first two calls for each shape (and each plain value) are
 * recorded and compared; from the third on, the recording runs. What `f` closes over must stay what it is, but for
 * the values of a `tf.Variable`: pass what changes as an input. A function that can't be recorded runs as it is:
 * one that reads the numbers of a tensor, or whose operations or constants differ from call to call. So does any
 * within a gradient, `vmap` or another program, which sees the operations itself.
 *
 * @example
 * const step = program((w: Tensor, x: Tensor) => grad((w: Tensor) => loss(w, x))(w))
 */
export function program<Inputs extends readonly unknown[], Result extends tree.Params>(
  f: (...inputs: Inputs) => Result,
  { onRefused = say }: ProgramOptions = {},
): Program<Inputs, Result> {
  const calls = programs<undefined>(onRefused)
  const run = (...inputs: Inputs): Result =>
    calls.call(shapesOf(inputs, true), tensorsIn(inputs), undefined, () => f(...inputs))
  return Object.assign(run, { dispose: calls.dispose })
}

function say(reason: string): void {
  console.warn(`kshot: a program is not recorded: ${reason}`)
}
