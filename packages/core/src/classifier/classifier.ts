import type { Tensor } from '@tensorflow/tfjs-core'
import type { Encoder } from '../encoder'
import type { AnyLearner, Meta } from '../learner'
import { rng } from '../random'
import { type Backend, onBackend, prepareBackend, requireBackend } from '../use-backend'
import { centroidHead } from './centroid-head'
import { type Check, checkOf } from './check'
import { asTensors, byEncoder, type Embed, type Encoded } from './embed'
import { badPrior, badUnknown, isDisposed, nothingToAsk, nothingToDecideBy } from './errors'
import {
  checkShape,
  type Example,
  type ExampleId,
  noExamples,
  withExamples,
  withLabelRenamed,
  withoutExample,
  withoutLabel,
} from './examples'
import type { Head } from './head'
import type { Label } from './label'
import { learnedHead } from './learned-head'
import { type Prediction, predictionOf } from './prediction'
import { type Reader, reader } from './reader'
import { decodeSaved, encodeSaved, type Identity } from './saved'
import type { ByteStore } from './store'

export interface ClassifierOptions<Input> {
  /** Turns inputs into embeddings. Without one, inputs are tensors. */
  readonly encoder?: Encoder<Input>
  /** Classifies embeddings without training. Default {@link centroidHead}. */
  readonly head?: Head
  /** A meta-trained learner that replaces the head. */
  readonly learner?: AnyLearner
  /** The learner's meta-parameters. Borrowed: they must live as long as the classifier. */
  readonly meta?: Meta
  /**
   * Where "none of these" begins. `auto`: calibrated from the examples alone. A number: the score
   * of the head below which an input is none of the classes. `false`: always answer with a label.
   *
   * With a learner, no encoder and one example per class, there is nothing to calibrate by: it always answers
   * with a label.
   */
  readonly unknown?: 'auto' | number | false
  /** How often each class is expected: equally often, or in proportion to its `examples`. */
  readonly prior?: 'uniform' | 'examples'
  /** Computes on this backend; the app's active backend stays as it is. Default: the active one. */
  readonly backend?: Backend
  readonly seed?: number
}

export interface AddOptions {
  /** A small picture for recognising the example; kept and saved with it. */
  readonly thumbnail?: Uint8Array
}

export interface ListedExample {
  readonly id: ExampleId
  readonly label: Label
  readonly thumbnail?: Uint8Array
}

export interface Classifier<Input = Tensor> {
  /** The labels that have examples, in the order of their first one. */
  readonly labels: readonly Label[]
  /** How many examples each label has. */
  readonly counts: ReadonlyMap<Label, number>
  readonly examples: readonly ListedExample[]
  /** Learns from one example, which is encoded now, once. */
  addExample(label: Label, input: Input, options?: AddOptions): Promise<ExampleId>
  /** Learns from several examples, from all or none. */
  addExamples(label: Label, inputs: readonly Input[]): Promise<ExampleId[]>
  predict(input: Input): Promise<Prediction>
  /** Like `predict`, for all inputs at once. */
  predictMany(inputs: readonly Input[]): Promise<Prediction[]>
  /** The embedding of an input. */
  embed(input: Input): Promise<Float32Array>
  /** The cosine of two embeddings, −1 … 1. */
  similarity(a: Input, b: Input): Promise<number>
  /** How well the others recognise each example: what accuracy to expect, and what may be mislabelled. */
  check(): Promise<Check>
  /** A label that loses its last example disappears. */
  removeExample(id: ExampleId): void
  removeLabel(label: Label): void
  /** If the name is taken, the two classes are merged. */
  renameLabel(from: Label, to: Label): void
  /** Returns the examples as bytes (safetensors), and writes them to a store if given. */
  save(store?: ByteStore): Promise<Uint8Array<ArrayBuffer>>
  /** Replaces the examples with saved ones, if these are intact and come from the same encoder and learner. */
  load(saved: Uint8Array | ArrayBuffer | ByteStore): Promise<void>
  dispose(): void
}

/**
 * A classifier for an app: give it a few examples per label, and ask it for the label of a new one. Labels
 * may come and go, with any number of examples each; nothing is trained.
 *
 * Calls may overlap: each uses the examples that exist when its input has been encoded.
 * @throws `core/bad-option`; from its methods `core/no-examples`, `core/one-class`,
 * `core/bad-input`, `core/bad-label`, `core/mixed-labels`, `core/shape-mismatch`,
 * `core/unknown-label`, `core/unknown-example`, `core/disposed`, `core/no-backend`,
 * `checkpoint/other-model`, `checkpoint/damaged`, and what the encoder throws
 * @example
 * const classifier = await createClassifier({ encoder: imageEncoder() })
 * await classifier.addExample('mug', photo)
 * await classifier.addExample('plant', other)
 * const { label, confidence } = await classifier.predict(query)   // label null: none of these
 */
export async function createClassifier<Input = Tensor>(
  options: ClassifierOptions<Input>,
): Promise<Classifier<Input>> {
  const { backend, unknown = 'auto', prior = 'uniform' } = options
  checkOptions(options)
  if (backend) await prepareBackend(backend)
  else requireBackend()
  const head = headOf(options)
  const decide: Reader = reader(head, unknown, <T>(f: () => T) =>
    backend ? onBackend(backend.name, f) : f(),
  )
  const embed = embedOf(options, () => examples.shape)
  const identity = identityOf(options, head)
  let examples = noExamples
  let nextId = 0
  let alive = true

  const encode = async (inputs: readonly Input[]): Promise<Encoded[]> => {
    checkAlive()
    const encoded = await embed(inputs)
    checkAlive()
    return encoded
  }

  const add = async (label: Label, inputs: readonly Input[], { thumbnail }: AddOptions = {}) => {
    // Before anything is encoded: a wrong label should cost nothing.
    examplesWith(label, [])
    const encoded = await encode(inputs)
    const added = encoded.map(({ values }, i): Example => {
      const example = { id: nextId + i, values }
      return thumbnail ? { ...example, thumbnail: thumbnail.slice() } : example
    })
    examples = examplesWith(label, encoded, added)
    nextId += added.length
    return added.map(({ id }) => id)
  }

  const examplesWith = (label: Label, encoded: readonly Encoded[], added: Example[] = []) => {
    checkAlive()
    return withExamples(
      examples,
      label,
      encoded.map(({ shape }) => shape),
      added,
    )
  }

  const predictMany = async (inputs: readonly Input[]): Promise<Prediction[]> => {
    checkAlive()
    if (examples.byLabel.size < 2) throw nothingToAsk(examples.byLabel.size)
    const encoded = await encode(inputs)
    const now = examples
    if (now.byLabel.size < 2) throw nothingToAsk(now.byLabel.size)
    for (const { shape } of encoded) checkShape(shape, now.shape)
    const labels = [...now.byLabel.keys()]
    const weights = [...now.byLabel.values()].map((list) =>
      prior === 'examples' ? list.length : 1,
    )
    const { rows, familiarity, calibration } = await decide.read(now, encoded)
    return rows.map((scores, i) =>
      predictionOf(scores, labels, familiarity[i]!, calibration, weights),
    )
  }

  const one = async (input: Input) => (await encode([input]))[0]!.values

  function checkAlive() {
    if (!alive) throw isDisposed()
  }

  return {
    get labels() {
      return [...examples.byLabel.keys()]
    },
    get counts() {
      return new Map([...examples.byLabel].map(([label, list]) => [label, list.length]))
    },
    get examples() {
      return [...examples.byLabel].flatMap(([label, list]) =>
        list.map(({ values: _, ...example }) => ({ ...example, label })),
      )
    },
    addExample: async (label, input, addOptions) => (await add(label, [input], addOptions))[0]!,
    addExamples: (label, inputs) => add(label, inputs),
    predict: async (input) => (await predictMany([input]))[0]!,
    predictMany,
    embed: one,
    similarity: async (a, b) => {
      const [x, y] = await encode([a, b])
      checkShape(y!.shape, x!.shape)
      return cosine(x!.values, y!.values)
    },
    async check() {
      checkAlive()
      if (examples.byLabel.size < 2) throw nothingToAsk(examples.byLabel.size)
      return checkOf(examples, await decide.heldOut(examples))
    },
    removeExample(id) {
      examples = withoutExample(examples, id)
    },
    removeLabel(label) {
      examples = withoutLabel(examples, label)
    },
    renameLabel(from, to) {
      examples = withLabelRenamed(examples, from, to)
    },
    async save(store) {
      checkAlive()
      const bytes = await encodeSaved(identity, { examples, nextId })
      await store?.write(bytes)
      return bytes
    },
    async load(saved) {
      checkAlive()
      const bytes = isStore(saved) ? await saved.read() : saved
      const loaded = decodeSaved(bytes, identity)
      checkAlive()
      examples = loaded.examples
      nextId = Math.max(nextId, loaded.nextId)
    },
    dispose() {
      alive = false
      examples = noExamples
      decide.dispose()
    },
  }
}

function headOf<Input>({ encoder, head, learner, meta, seed = 0 }: ClassifierOptions<Input>): Head {
  if (learner && meta) {
    const learned = learnedHead(learner, meta, { step: 0, rng: rng(seed), phase: 'test' })
    // Embeddings of an encoder can be compared as they are, also with one example per class.
    return encoder ? { ...learned, guard: centroidHead() } : learned
  }
  if (encoder || head) return head ?? centroidHead()
  throw nothingToDecideBy()
}

function embedOf<Input>(
  { encoder }: ClassifierOptions<Input>,
  shapeOf: () => readonly number[] | undefined,
): Embed<Input> {
  return encoder ? byEncoder(encoder) : (asTensors(shapeOf) as unknown as Embed<Input>) // Input is Tensor then
}

function identityOf<Input>({ encoder }: ClassifierOptions<Input>, head: Head): Identity {
  const saved = encoder ? { spec: encoder.spec, version: encoder.version } : null
  return { encoder: saved, head: head.spec }
}

function checkOptions<Input>({ unknown, prior }: ClassifierOptions<Input>): void {
  const known = unknown === undefined || unknown === 'auto' || unknown === false
  if (!known && !Number.isFinite(unknown)) throw badUnknown(unknown)
  if (![undefined, 'uniform', 'examples'].includes(prior)) throw badPrior(prior)
}

function isStore(saved: Uint8Array | ArrayBuffer | ByteStore): saved is ByteStore {
  return typeof saved === 'object' && saved !== null && 'read' in saved
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!
    aa += a[i]! ** 2
    bb += b[i]! ** 2
  }
  return ab / Math.max(Math.sqrt(aa * bb), 1e-12)
}
