import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { wasm } from '@kshot/backend-wasm'
import {
  type Classifier,
  centroidHead,
  createClassifier,
  customEncoder,
  type Encoder,
  type Head,
  neighboursHead,
  rng,
  saveMeta,
  tree,
  useBackend,
} from '@kshot/core'
import { learnedOptimizer, linearMap, optimizerTraining } from '@kshot/learned-optimizer'
import { logisticHead, ridgeHead, svmHead } from '@kshot/metaopt'
import { staticTextEncoder } from '@kshot/text-encoder'
import { tensor } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { type Attack, REFUSED } from '../attack'
import { damage, isSame } from '../damage'
import { forgery, sealed, taken } from '../forgery'
import { inputs } from '../random'
import { type Fault, lost, refuse, type Tally, tally, wrong } from '../tally'
import { letters } from './two-processes'

/** Other bytes of a file: damaged, which must be seen, or written by somebody who knows the format. */
interface Change {
  readonly kind: string
  readonly isDamage: boolean
  apply(bytes: Uint8Array): Uint8Array
}

const change: fc.Arbitrary<Change> = fc.oneof(
  damage.map(({ kind, apply }) => ({ kind, isDamage: true, apply })),
  forgery.map((forge) => ({
    kind: 'resealed',
    isDamage: false,
    apply: (bytes: Uint8Array) => sealed(forge(taken(bytes))),
  })),
)

const heads: readonly (() => Head)[] = [
  centroidHead,
  neighboursHead,
  ridgeHead,
  logisticHead,
  svmHead,
]

/** Those that files of {@link letters} may not be taken by. */
const OTHERS: readonly Encoder<string>[] = [
  { ...letters(), version: '2' },
  customEncoder({ name: 'others', dimensions: 2, encode: (texts) => texts.map(() => [1, 2]) }),
  customEncoder({ name: 'letters', dimensions: 3, encode: (texts) => texts.map(() => [1, 2, 3]) }),
]

/** Reading the weights of an encoder takes longer. */
const WEIGHTS_EVERY = 20

export const attack: Attack = {
  name: 'classifiers and weights',
  promise:
    'a damaged or resealed classifier over an encoder, learned optimizer or encoder is refused or works with finite numbers; no other encoder takes its examples',
  attempts: { full: 4_000, short: 120 },
  bound: REFUSED,
  async run(n) {
    await useBackend(wasm())
    const count = tally(this.bound)
    const all = await Promise.all(heads.map(savedWith))
    const optimizer = await savedOptimizer()
    const encoder = new Uint8Array(
      readFileSync(fileURLToPath(import.meta.resolve('@kshot/text-encoder/static.safetensors'))),
    )
    let i = 0
    for (const one of inputs(change, n)) {
      const k = i++
      if (k % WEIGHTS_EVERY === 0) await attackFile(count, 'encoder', one, encoder, encodes)
      else if (k % 3 === 0) await attackFile(count, 'optimizer', one, optimizer, optimizes)
      else await attackClassifier(count, one, all[k % all.length]!)
    }
    for (const { classifier } of all) {
      const bytes = await classifier.save()
      for (const other of OTHERS) {
        const stranger = await createClassifier({ encoder: other })
        await count.attempt(`into ${other.spec.options.name}`, () => stranger.load(bytes), refuse)
      }
      classifier.dispose()
    }
    return count.outcome()
  },
}

interface Saved {
  readonly classifier: Classifier<string>
  readonly bytes: Uint8Array
}

async function savedWith(make: () => Head): Promise<Saved> {
  const classifier = await createClassifier({ encoder: letters(), head: make() })
  for (const label of ['a', 'b']) {
    await classifier.addExamples(label, [label, label.repeat(2), `${label}ab`])
  }
  return { classifier, bytes: await classifier.save() }
}

async function savedOptimizer(): Promise<Uint8Array> {
  const training = optimizerTraining({ model: linearMap(), units: 4 })
  const meta = training.init(rng(1), { inputShape: [1] })
  try {
    return await saveMeta(training.spec, meta)
  } finally {
    tree.dispose({ ...meta })
  }
}

async function attackFile(
  count: Tally,
  what: string,
  { kind, isDamage, apply }: Change,
  whole: Uint8Array,
  use: (bytes: Uint8Array) => Promise<ArrayLike<number>>,
) {
  const bytes = apply(whole)
  const judge = (numbers: ArrayLike<number>): Fault | undefined => {
    if (isDamage && !isSame(bytes, whole)) return refuse()
    return Array.from(numbers).every(Number.isFinite) ? undefined : wrong('no finite numbers')
  }
  await count.attempt(`${what}, ${kind}`, () => use(bytes), judge)
}

async function attackClassifier(
  count: Tally,
  { kind, isDamage, apply }: Change,
  { classifier, bytes }: Saved,
) {
  const changed = apply(bytes)
  const same = isSame(changed, bytes)
  const judge = (confidence: number): Fault | undefined => {
    if (isDamage && !same) return refuse()
    return Number.isFinite(confidence) ? undefined : wrong(`confidence ${confidence}`)
  }
  const act = async () => {
    await classifier.load(changed)
    return (await classifier.predict('aab')).confidence
  }
  await count.attempt(`classifier, ${kind}`, act, judge)
  const isIntact = isDamage && !same && isSame(await classifier.save(), bytes)
  if (isDamage && !same && !isIntact) count.check(`classifier, ${kind}`, lost('its examples'))
  await classifier.load(bytes)
}

async function optimizes(bytes: Uint8Array): Promise<number[]> {
  const optimizer = learnedOptimizer.load(bytes)
  const params = { a: tensor([[1, -2]]) }
  const state = optimizer.init(params)
  const moved = optimizer.update(params, state, { step: 0, params })
  const values = tree.leaves(moved.updates).flatMap((leaf) => [...leaf.dataSync<'float32'>()])
  tree.dispose([params, state, moved.updates, moved.state])
  return values
}

async function encodes(bytes: Uint8Array): Promise<number[]> {
  const rows = await staticTextEncoder({ source: bytes }).encode(['where is my parcel'])
  const values = [...(await rows.data())]
  rows.dispose()
  return values
}
