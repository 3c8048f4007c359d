import { wasm } from '@kshot/backend-wasm'
import { createClassifier, disposeTask, rng, useBackend } from '@kshot/core'
import { memory, type Tensor, tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { everyLearner } from '../../test/every-learner.mjs'
import { type Attack, REFUSED } from '../attack'
import { inputs } from '../random'
import { type Fault, lost, tally, wrong } from '../tally'

const SHAPE = [28, 28, 1]
const SIZE = 28 * 28

const number = fc.oneof(
  fc.constantFrom(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    -0,
    1e-45,
    1e-20,
    255,
    1e9,
    1e14,
    1e16,
    -1e30,
    3.4e38,
  ),
  fc.float({ noNaN: true }),
)

/** What an app may take for an example by mistake. */
const input: fc.Arbitrary<() => unknown> = fc.oneof(
  { weight: 4, arbitrary: number.map((v) => () => tensor(new Float32Array(SIZE).fill(v), SHAPE)) },
  {
    weight: 4,
    arbitrary: fc
      .array(fc.tuple(fc.nat(SIZE - 1), number), { minLength: 1, maxLength: 5 })
      .map((all) => () => {
        const values = Float32Array.from({ length: SIZE }, (_, i) => (i % 7) / 7)
        for (const [i, v] of all) values[i] = v
        return tensor(values, SHAPE)
      }),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom<number>(0, 1, 2, 3, 28, 784), { maxLength: 5 })
      .filter((shape) => shape.reduce((n, side) => n * side, 1) < 100_000)
      .map((shape) => () => tensor(new Float32Array(shape.reduce((n, s) => n * s, 1)), shape)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<() => unknown>(
      () => tensor(new Int32Array(SIZE).fill(2147483647), SHAPE, 'int32'),
      () => tensor(new Uint8Array(SIZE).fill(1), SHAPE, 'bool'),
      () => tensor(['a']),
      () => null,
      () => undefined,
      () => 3,
      () => 'x',
      () => [[1]],
      () => ({ shape: SHAPE, dtype: 'float32' }),
      () => {
        const gone = tensor(new Float32Array(SIZE), SHAPE)
        gone.dispose()
        return gone
      },
    ),
  },
)

const label: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '__proto__',
      'constructor',
      '',
      '\u0000',
      '\ud800',
      1,
      -1,
      1.5,
      Number.NaN,
      null,
      undefined,
      {},
      1n,
    ),
  },
)

export const attack: Attack = {
  name: 'hostile numbers',
  promise:
    'a classifier refuses inputs and labels that are none, over every learner, and answers afterwards as before',
  attempts: { full: 5_000, short: 120 },
  bound: REFUSED,
  async run(n) {
    await useBackend(wasm())
    const count = tally(this.bound)
    const learners = Object.entries(everyLearner)
    const of = fc.record({ input, label, asked: fc.boolean() })
    const each = Math.ceil(n / learners.length)
    for (const [name, learner] of learners) {
      const ways = learner.traits.fixedWays ?? 2
      const meta = learner.init(rng(1), { inputShape: SHAPE, ways })
      const query = plain(9)
      const before = memory().numTensors
      const fresh = async () => {
        const classifier = await createClassifier({ learner, meta })
        for (let k = 0; k < ways; k++) {
          const x = plain(k)
          await classifier.addExample(`${'abcdef'[k]}`, x)
          x.dispose()
        }
        return classifier
      }
      let classifier = await fresh()
      const right = JSON.stringify(await classifier.predict(query))
      for (const { input: make, label, asked } of inputs(of, each)) {
        const x = make() as Tensor
        const dispose = () => x instanceof Object && 'dispose' in x && !x.isDisposed && x.dispose()
        const what = asked ? 'predict' : 'addExample'
        const act = asked
          ? async () => odd(await classifier.predict(x))
          : async () => {
              const id = await classifier.addExample(label as string, x)
              try {
                return odd(await classifier.predict(query))
              } finally {
                classifier.removeExample(id)
              }
            }
        await count.attempt(`${name}, ${what}`, act, (fault) => fault)
        dispose()
        const after = await classifier.predict(query).then(JSON.stringify, String)
        if (after !== right) {
          count.check(`${name} after ${what}`, lost(after.slice(0, 200)))
          classifier.dispose()
          classifier = await fresh()
        }
      }
      classifier.dispose()
      const left = memory().numTensors - before
      if (left !== 0) count.check(`${name}, tensors left`, wrong(String(left)))
      query.dispose()
      disposeTask(meta)
    }
    return count.outcome()
  },
}

const plain = (seed: number) =>
  tensor(
    Float32Array.from({ length: SIZE }, (_, i) => ((i * (seed + 3)) % 11) / 11),
    SHAPE,
  )

function odd({
  confidence,
  ranking,
}: {
  confidence: number
  ranking: readonly { confidence: number }[]
}): Fault | undefined {
  const all = [confidence, ...ranking.map((one) => one.confidence)]
  return all.every((p) => p >= 0 && p <= 1) ? undefined : wrong(`confidences ${all}`)
}
