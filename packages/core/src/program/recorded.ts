import type { Tensor } from '@tensorflow/tfjs-core'
import type { Context } from '../learner'
import type * as tree from '../tree'
import { shapesOf, tensorsIn } from './inputs'
import { type Programs, programs } from './programs'
import { type Contexts, recordedContext } from './recorded-context'

/** What is computed with a learner: one kind of call for each name. */
export type Recorded = <Inputs, Result extends tree.Params>(
  name: string,
  inputs: Inputs,
  contexts: readonly Context[],
  f: (contexts: readonly Context[]) => Result,
) => Result

const ofLearners = new WeakMap<object, Programs<Contexts>>()
/** What was recorded goes with the learner. */
const gone = new FinalizationRegistry<Programs<Contexts>>((calls) => calls.dispose())

/**
 * Runs functions that belong to a learner (or another object), and records them. `f` may use no other tensors than
 * those of `inputs` and of the learner.
 * @example recordedFor(learner)('adapt', { meta, support }, [ctx], ([ctx]) => learner.adapt(meta, support, ctx!))
 */
export function recordedFor(owner: object): Recorded {
  return (name, inputs, contexts, f) => {
    const calls = ofLearners.get(owner) ?? programsOf(owner)
    const key = `${name} ${shapesOf(inputs)} ${contexts.map(({ phase }) => phase).join()}`
    const tensors: Tensor[] = tensorsIn(inputs)
    return calls.call(key, tensors, { contexts }, (recorder) =>
      f(recorder ? contexts.map((ctx, at) => recordedContext(recorder, ctx, at)) : contexts),
    )
  }
}

function programsOf(owner: object): Programs<Contexts> {
  const calls = programs<Contexts>(told(owner))
  ofLearners.set(owner, calls)
  gone.register(owner, calls)
  return calls
}

/** Runs functions as they are. */
export const unrecorded: Recorded = (_name, _inputs, contexts, f) => f(contexts)

const said = new Set<string>()

/** Says once what concerns all learners of a kind. */
function told(owner: object) {
  const { spec } = owner as { spec?: { export?: string } }
  return (reason: string) => {
    const text = `kshot: ${spec?.export ?? 'a function'} is not recorded: ${reason}`
    if (said.has(text)) return
    said.add(text)
    console.warn(text)
  }
}
