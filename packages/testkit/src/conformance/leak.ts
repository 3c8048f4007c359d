import type { Backend } from '@kshot/core'
import * as tf from '@tensorflow/tfjs-core'
import { fail, type Outcome, pass } from './check'

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

/** 10,000 operations leave no tensor, and no memory that is not the tensors'. */
export async function noLeak(backend: Backend): Promise<Outcome> {
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
  // the sum at the end of each `rounds` is its own tensor
  if (left > 1 || tensors > 1) return fail(`${tensors} tensors, ${left} of them on the device`)
  // what leaked would be 280 MiB or more; what JavaScript has not yet collected is less than half of that
  return more < 2 ** 27 ? pass() : fail(`${Math.round(more / 2 ** 20)} MiB more`)
}

// a browser does not tell
const resident = () => (typeof process === 'object' ? process.memoryUsage.rss() : 0)
