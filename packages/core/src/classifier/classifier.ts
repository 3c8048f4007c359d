import type { Tensor } from '@tensorflow/tfjs-core'
import { prepareBackend, requireBackend } from '../use-backend'
import type { Check } from './check'
import {
  type ExampleId,
  type Examples,
  withLabelRenamed,
  withoutExample,
  withoutLabel,
} from './examples'
import type { Label } from './label'
import { type AddOptions, type ClassifierOptions, checkOptions } from './options'
import type { Prediction } from './prediction'
import { add, check, dispose, encode, initialState, load, predict, save, similarity } from './state'
import type { ByteStore } from './store'

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
  checkOptions(options)
  if (options.backend) await prepareBackend(options.backend)
  else requireBackend()
  const state = initialState(options)
  return {
    get labels() {
      return [...state.examples.byLabel.keys()]
    },
    get counts() {
      return new Map([...state.examples.byLabel].map(([label, list]) => [label, list.length]))
    },
    get examples() {
      return listed(state.examples)
    },
    addExample: async (label, input, added) => (await add(state, label, [input], added))[0]!,
    addExamples: (label, inputs) => add(state, label, inputs),
    predict: async (input) => (await predict(state, [input]))[0]!,
    predictMany: (inputs) => predict(state, inputs),
    embed: async (input) => (await encode(state, [input]))[0]!.values,
    similarity: (a, b) => similarity(state, a, b),
    check: () => check(state),
    removeExample(id) {
      state.examples = withoutExample(state.examples, id)
    },
    removeLabel(label) {
      state.examples = withoutLabel(state.examples, label)
    },
    renameLabel(from, to) {
      state.examples = withLabelRenamed(state.examples, from, to)
    },
    save: (store) => save(state, store),
    load: (saved) => load(state, saved),
    dispose: () => dispose(state),
  }
}

function listed({ byLabel }: Examples): ListedExample[] {
  return [...byLabel].flatMap(([label, list]) =>
    list.map(({ values: _, ...example }) => ({ ...example, label })),
  )
}
