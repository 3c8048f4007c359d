import { type Backend, grad, hvp } from '@kshot/core'
import * as tf from '@tensorflow/tfjs-core'
import { relativeError } from '../closeness'
import { numbersOf } from '../numbers'
import { fail, type Outcome, pass, within } from './check'

/** What a backend says of itself. */
export async function saysWhatItIs(backend: Backend): Promise<Outcome> {
  const info = await backend.activate()
  const { device, kernels, threads } = info
  if (info.backend !== backend.name || tf.getBackend() !== backend.name) return fail('its name')
  return device !== '' && kernels !== '' && threads > 0 ? pass() : fail('its device')
}

/** Results that need no other backend to compare with. */
export async function byHand(backend: Backend): Promise<Outcome> {
  await backend.activate()
  const product = tf.matMul(tf.tensor([1, 2, 3, 4], [2, 2]), tf.tensor([5, 6, 7, 8], [2, 2]))
  const image = tf.tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]) as tf.Tensor4D
  const ones = tf.tensor(Array(9).fill(1), [3, 3, 1, 1]) as tf.Tensor4D
  const errors = await Promise.all(
    [
      [product, [19, 22, 43, 50]] as const,
      [tf.conv2d(image, ones, 1, 'same'), [12, 21, 16, 27, 45, 33, 24, 39, 28]] as const,
      [tf.maxPool(image, 2, 2, 'valid'), [5]] as const,
    ].map(async ([actual, expected]) => relativeError(await numbersOf(actual), expected)),
  )
  return errors.every((error) => error === 0) ? pass() : fail(`off by ${Math.max(...errors)}`)
}

/** f(w) = Σ tanh(w x) as a convolution: f′ = Σ x (1 − t²), f″ = −2 Σ x² t (1 − t²). */
export async function derivativesByHand(backend: Backend): Promise<Outcome> {
  await backend.activate()
  const x = [0.5, -1, 2]
  const image = tf.tensor(x, [3, 1, 1, 1]) as tf.Tensor4D
  const f = ({ w }: { w: tf.Tensor }) =>
    tf.sum(tf.tanh(tf.conv2d(image, w as tf.Tensor4D, 1, 'same'))) as tf.Scalar
  const t = x.map((v) => Math.tanh(0.3 * v))
  const sum = (term: (v: number, t: number) => number) =>
    x.reduce((total, v, i) => total + term(v, t[i]!), 0)
  const at = { w: tf.tensor([0.3], [1, 1, 1, 1]) }
  const along = { w: tf.tensor([1], [1, 1, 1, 1]) }
  const first = await numbersOf(grad(f)(at))
  const second = await numbersOf(hvp(f, at, along))
  return within(
    [
      relativeError(first, [sum((v, t) => v * (1 - t ** 2))]),
      relativeError(second, [sum((v, t) => -2 * v * v * t * (1 - t ** 2))]),
    ],
    1e-5,
  )
}
