// Learners of TensorFlow.js' operations alone, which a thread can import without a build.
import {
  add,
  matMul,
  mean,
  memory,
  mul,
  scalar,
  square,
  sub,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core'

/** y = xw + b, with noise from each task's generator. `trouble` says how it goes wrong. */
export function linear(options = {}) {
  const predict = ({ w, b }, x) => add(matMul(x, w), b)
  return {
    spec: { package: 'test-learners', export: 'linear', options },
    traits: {
      anyWay: false,
      classEquivariant: false,
      supportOrderInvariant: true,
      unevenShots: true,
      transductive: false,
    },
    init: (rng, { inputShape: [size] }) => ({
      params: { w: tensor2d(Array.from({ length: size }, rng.normal), [size, 1]), b: scalar(0) },
      state: { tasks: scalar(0) },
    }),
    loss({ params, state }, { query, bell }, { rng, step }) {
      if (options.trouble) troubles[options.trouble](bell, step)
      const noise = rng.normal()
      const error = sub(predict(params, query.x), query.y)
      return {
        loss: mul(mean(square(error)), 1 + 0.1 * noise),
        state: options.still ? state : { tasks: add(state.tasks, 1) },
        metrics: { noise: scalar(options.counts ? memory().numTensors : noise) },
      }
    },
    adapt: ({ params: { w, b } }, { x }, { rng }) => ({
      w: mul(w, add(mean(x), rng.uniform())),
      b: b.clone(),
    }),
    predict: (_, adapted, x) => predict(adapted, x),
  }
}

const first = (bell) => Atomics.add(bell, 0, 1) === 0

const troubles = {
  throw() {
    throw new Error('no gradient today')
  },
  exit: () => process.exit(7),
  'exit once': (bell) => {
    if (first(bell)) process.exit(7)
  },
  'exit later': (_, step) => {
    if (step === 2) process.exit(7)
  },
  uncaught() {
    queueMicrotask(() => {
      throw new RangeError('out of the blue')
    })
  },
  /** Rings, then waits until it is killed. */
  'wait once': (bell) => {
    if (first(bell)) Atomics.wait(bell, 1, 0, 60_000)
  },
  wait: (bell) => {
    Atomics.add(bell, 0, 1)
    Atomics.wait(bell, 1, 0, 60_000)
  },
}

/** An episode of a regression on three inputs; `bell` is memory that all threads see. */
export function points(rng, bell) {
  const batch = (n) => ({
    x: tensor2d(Array.from({ length: 3 * n }, rng.normal), [n, 3]),
    y: tensor2d(Array.from({ length: n }, rng.normal), [n, 1]),
  })
  return {
    support: batch(2),
    query: batch(5),
    marks: [tensor1d([1, 0], 'bool'), tensor1d([7], 'int32')],
    bell,
    id: { source: 'points', index: 0 },
  }
}

export function noBackend() {
  return {
    name: 'none',
    available: async () => ({ available: false, reason: 'it is a test', remedy: 'Use another' }),
  }
}
