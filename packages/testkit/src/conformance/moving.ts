import { type Backend, tree } from '@kshot/core'
import * as tf from '@tensorflow/tfjs-core'
import { activate } from '../backends'
import { numbersOf } from '../numbers'
import { fail, type Outcome, pass } from './check'
import { drawNet, slopeOf } from './few-shot-net'

/** Every number of a model is as it was, bit by bit, after its backend was left and taken again. */
export async function moves(backend: Backend): Promise<Outcome> {
  await activate('cpu')
  const all = drawAll()
  const before = await numbersOf(all)
  const first = await used(all, backend)
  await activate('cpu')
  const back = await numbersOf(all)
  const again = await used(all, backend)
  const after = await numbersOf(all)
  tree.dispose(all)
  if (!same(before, back) || !same(before, after)) return fail('numbers changed')
  return same(first, again) ? pass() : fail('its gradient differs')
}

/** A model, and numbers that are easily lost. */
function drawAll() {
  const { params, state } = drawNet()
  return {
    params,
    state,
    odd: tf.tensor([Number.NaN, -0, 1e-40, Number.MAX_VALUE, -Infinity, 1 / 3]),
    whole: tf.tensor([2 ** 31 - 1, -(2 ** 31), 0], [3], 'int32'),
    truths: tf.tensor([1, 0, 1], [3], 'bool'),
    none: tf.tensor([], [0, 3]),
  }
}

/** Computes with all of it on a backend; the gradient of the model. */
async function used(all: ReturnType<typeof drawAll>, backend: Backend): Promise<number[]> {
  await backend.activate()
  const computed = tree.tidy(() => ({
    slope: slopeOf(all),
    odd: tf.mul(all.odd, 1),
    whole: tf.add(all.whole, tf.scalar(0, 'int32')),
    truths: tf.logicalNot(all.truths),
  }))
  const slope = await numbersOf(computed.slope)
  // where reading is asynchronous, what a tensor holds has to be here before another backend takes it
  await numbersOf(all)
  tree.dispose(computed)
  return slope
}

const same = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]))
