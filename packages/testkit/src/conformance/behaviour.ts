import { type Backend, tree } from '@kshot/core'
import * as tf from '@tensorflow/tfjs-core'
import { numbersOf } from '../numbers'
import { byHand, derivativesByHand, saysWhatItIs } from './by-hand'
import { type ConformanceCheck, fail, type Outcome, outcomeOf, pass } from './check'
import { drawNet, slopeOf } from './few-shot-net'
import { noLeak } from './leak'
import { moves } from './moving'

const checks: { readonly [name: string]: (backend: Backend) => Promise<Outcome> } = {
  'says what it runs on': saysWhatItIs,
  'values worked out by hand': byHand,
  'derivatives worked out by hand': derivativesByHand,
  'the same bytes twice': sameBytes,
  'no tensor left after 10,000 operations': noLeak,
  'activated twice': activatedTwice,
  'disposed of and activated again': disposedOf,
  'a model moves there and back': moves,
}

/** What a program relies on beside numbers. */
export const behaviourChecks: readonly ConformanceCheck[] = Object.entries(checks).map(
  ([name, run]) => ({
    section: 'behaviour',
    name,
    run: (backend) => outcomeOf(() => run(backend)),
  }),
)

async function sameBytes(backend: Backend): Promise<Outcome> {
  await backend.activate()
  const once = async () => {
    const results = tree.tidy(() => {
      // large enough for threads to share it
      const wide = tf.sin(tf.reshape(tf.range(0, 2 ** 16), [256, 256]))
      return { slope: slopeOf(drawNet()), product: tf.matMul(wide, wide), sum: tf.sum(wide) }
    })
    const numbers = await numbersOf(results)
    tree.dispose(results)
    return numbers
  }
  const [first, second] = [await once(), await once()]
  if (!first.every(Number.isFinite)) return fail('not finite')
  const differ = first.filter((value, i) => value !== second[i]).length
  return differ === 0 ? pass() : fail(`${differ} of ${first.length} numbers differ`)
}

const twoTimesTwo = async () => {
  const [four] = await tf.tidy(() => tf.mul(tf.tensor([2]), 2)).data()
  return four === 4
}

async function activatedTwice(backend: Backend): Promise<Outcome> {
  const before = tf.memory().numTensors
  const kept = tf.tensor([1, 2, 3])
  const [first, second] = [await backend.activate(), await backend.activate()]
  const same = JSON.stringify(first) === JSON.stringify(second) && tf.getBackend() === backend.name
  const stays = (await numbersOf(kept)).join() === '1,2,3'
  kept.dispose()
  if (!same) return fail('another backend the second time')
  if (!stays || !(await twoTimesTwo())) return fail('a tensor was lost')
  return tf.memory().numTensors - before <= 1 ? pass() : fail('tensors were left')
}

async function disposedOf(backend: Backend): Promise<Outcome> {
  for (let i = 0; i < 2; i++) {
    await backend.activate()
    if (!(await twoTimesTwo())) return fail('2 × 2 is not 4')
    tf.removeBackend(backend.name)
    await backend.activate()
    if (!(await twoTimesTwo())) return fail('2 × 2 is not 4 any more')
  }
  return pass()
}
