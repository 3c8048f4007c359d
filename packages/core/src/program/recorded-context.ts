import type { Context } from '../learner'
import type { Rng } from '../random'
import type { Recorder } from './record'

/** The contexts of one call; random numbers are drawn anew for each. */
export interface Contexts {
  readonly contexts: readonly Context[]
}

/**
 * A context that tells the recorder what depends on it. What reads the meta-step or draws numbers in a way that
 * can't be done again, is not recorded.
 * @param at its place among those of the call
 */
export function recordedContext(recorder: Recorder<Contexts>, now: Context, at: number): Context {
  const current = ({ contexts }: Contexts) => contexts[at]!
  return {
    phase: now.phase,
    get step() {
      recorder.refuse('it reads ctx.step (stepTensor and stepDecides can be recorded)')
      return now.step
    },
    rng: recordedRng(recorder, now.rng, (call) => current(call).rng),
    stepTensor: (shape, values) =>
      recorder.varying(shape, 'float32', (call) => values(current(call).step), values(now.step)),
    stepDecides(decide) {
      const was = decide(now.step)
      recorder.decided({ decide: (call) => decide(current(call).step), was })
      return was
    },
  }
}

function recordedRng(recorder: Recorder<Contexts>, now: Rng, of: (call: Contexts) => Rng): Rng {
  // A generator goes on from draw to draw, so each call needs one of it, not one a draw.
  const ofCalls = new WeakMap<Contexts, Rng>()
  const current = (call: Contexts) => {
    const known = ofCalls.get(call) ?? of(call)
    ofCalls.set(call, known)
    return known
  }
  const refuse = () => recorder.refuse('it draws plain numbers (drawTensor can be recorded)')
  const plain = <Arguments extends unknown[], T>(draw: (...all: Arguments) => T) => {
    return (...all: Arguments): T => {
      refuse()
      return draw(...all)
    }
  }
  return {
    get key() {
      refuse()
      return now.key
    },
    uniform: plain(now.uniform),
    integer: plain(now.integer),
    normal: plain(now.normal),
    permutation: plain(now.permutation),
    sample: plain(now.sample),
    split: (label) => recordedRng(recorder, now.split(label), (call) => current(call).split(label)),
    drawTensor: (shape, dtype, draw) =>
      recorder.varying(shape, dtype, (call) => draw(current(call)), draw(now)),
  }
}
