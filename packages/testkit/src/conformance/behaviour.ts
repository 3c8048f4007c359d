import { type Backend, conv4, grad, rng, softmaxCrossEntropy, tree } from '@kshot/core'
import * as tf from '@tensorflow/tfjs-core'
import { activate } from '../backends'
import { numbersOf } from '../numbers'
import { byHand, derivativesByHand, saysWhatItIs } from './by-hand'
import { type ConformanceCheck, fail, type Outcome, outcomeOf, pass } from './check'

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

const net = conv4({ filters: 4, blocks: 2 })
const drawNet = () => net.init(rng(1), [8, 8, 1])

/** The gradient of a few-shot net's loss. */
function slopeOf({ params, state }: ReturnType<typeof drawNet>): tree.Params {
  const random = rng(3)
  const pixels = Array.from({ length: 6 * 64 }, () => random.normal())
  const x = tf.tensor(pixels, [6, 8, 8, 1])
  const labels = tf.tensor1d([0, 1, 2, 3, 0, 1], 'int32')
  return grad((params: tree.Params) =>
    softmaxCrossEntropy(net.apply({ params, state }, x, { norm: 'batch' }).y, labels),
  )(params)
}

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

const ROUNDS = 1000
const [ROWS, COLUMNS] = [96, 96]

/** Ten operations, of 36 KiB each but for two. */
function tenOperations(x: tf.Tensor2D): tf.Tensor {
  const moved = tf.transpose(tf.sub(tf.add(x, x), x))
  const halves = tf.split(tf.relu(moved), 2)
  const whole = tf.concat([tf.exp(tf.mul(halves[0]!, 0)), halves[1]!])
  const few = tf.slice(whole, [0, 0], [8, COLUMNS])
  return tf.matMul(few, whole)
}

async function noLeak(backend: Backend): Promise<Outcome> {
  await backend.activate()
  const x = tf.ones([ROWS, COLUMNS]) as tf.Tensor2D
  const rounds = async (n: number) => {
    for (let i = 0; i < n; i++) tf.tidy(() => void tenOperations(x))
    // a queue of work to be done is no leak
    await tf.tidy(() => tf.sum(x)).data()
  }
  await rounds(ROUNDS / 10)
  const counted = () => ({
    ...tf.memory(),
    onDevice: tf.backend().numDataIds(),
    resident: resident(),
  })
  const before = counted()
  await rounds(ROUNDS)
  const after = counted()
  x.dispose()
  const left = after.onDevice - before.onDevice
  const more = after.resident - before.resident
  const tensors = after.numTensors - before.numTensors
  // the sum at the end of each `rounds` is a tensor of its own
  if (left > 1 || tensors > 1) return fail(`${tensors} tensors, ${left} of them on the device`)
  // what leaked would be 280 MiB or more; what JavaScript has not yet collected is less than half of that
  return more < 2 ** 27 ? pass() : fail(`${Math.round(more / 2 ** 20)} MiB more`)
}

// a browser does not tell
const resident = () => (typeof process === 'object' ? process.memoryUsage.rss() : 0)

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

/** Every number of a model is as it was, bit by bit, after its backend was left and taken again. */
async function moves(backend: Backend): Promise<Outcome> {
  await activate('cpu')
  const model = drawNet()
  const others = {
    odd: tf.tensor([Number.NaN, -0, 1e-40, Number.MAX_VALUE, -Infinity, 1 / 3]),
    whole: tf.tensor([2 ** 31 - 1, -(2 ** 31), 0], [3], 'int32'),
    truths: tf.tensor([1, 0, 1], [3], 'bool'),
    none: tf.tensor([], [0, 3]),
  }
  const all = { params: model.params, state: model.state, ...others }
  const before = await numbersOf(all)
  const there = async () => {
    await backend.activate()
    const doubled = tree.tidy(() => ({
      slope: slopeOf(model),
      odd: tf.mul(others.odd, 1),
      whole: tf.add(others.whole, tf.scalar(0, 'int32')),
      truths: tf.logicalNot(others.truths),
    }))
    // where reading is asynchronous, what a tensor holds has to be here before another backend takes it
    const numbers = await numbersOf(doubled.slope)
    await numbersOf(all)
    tree.dispose(doubled)
    return numbers
  }
  const first = await there()
  await activate('cpu')
  const back = await numbersOf(all)
  const again = await there()
  const after = await numbersOf(all)
  tree.dispose(all)
  const same = (a: readonly number[], b: readonly number[]) =>
    a.length === b.length && a.every((value, i) => Object.is(value, b[i]))
  if (!same(before, back) || !same(before, after)) return fail('numbers changed')
  return same(first, again) ? pass() : fail('its gradient is another one')
}
