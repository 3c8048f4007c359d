import {
  concat,
  reshape,
  slice,
  softmax,
  split,
  type Tensor,
  tensor1d,
  tidy as tidyTensors,
} from '@tensorflow/tfjs-core'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint'
import { KshotError } from './errors'
import type { AnyLearner, Context, Meta } from './learner'
import { rng } from './random'
import { canonicalJson, type Spec } from './spec'
import type { Batch } from './task'
import * as tree from './tree'
import { type Backend, onBackend, prepareBackend } from './use-backend'

export interface Prediction {
  readonly label: string
  /** One a label, summing to 1. */
  readonly probabilities: { readonly [label: string]: number }
}

export interface Classifier {
  /** The labels that have examples, in the order of their first one. */
  readonly labels: readonly string[]
  /** Learns from one example, `[...shape]` or `[1, ...shape]`; it is copied. */
  addExample(label: string, x: Tensor): void
  /** Judges one example, `[...shape]` or `[1, ...shape]`. */
  predict(x: Tensor): Promise<Prediction>
  /** Forgets the examples of a label. */
  removeLabel(label: string): void
  /** The examples as bytes (safetensors). */
  save(): Promise<Uint8Array>
  /** Replaces the examples by saved ones. */
  load(bytes: Uint8Array): Promise<void>
  dispose(): void
}

export interface ClassifierOptions {
  /** Computes here; the app's active backend stays as it is. Default: the active one. */
  readonly backend?: Backend
  readonly seed?: number
}

/**
 * A classifier for an app: give it a few examples a label, ask it for the label of another.
 * Labels may come and go, with as many examples each as there are. `meta` is borrowed.
 *
 * A transductive learner, which would normalise over many queries, judges each among the examples.
 * @throws `core/no-examples`, `core/shape-mismatch`, `core/unknown-label`, `checkpoint/other-model`
 * @example
 * const classifier = createClassifier(learner, meta)
 * classifier.addExample('spiral', drawing)
 * classifier.addExample('cross', other)
 * const { label, probabilities } = await classifier.predict(query)
 */
export function createClassifier(
  learner: AnyLearner,
  meta: Meta,
  { backend, seed = 0 }: ClassifierOptions = {},
): Classifier {
  const examples = new Map<string, Tensor[]>()
  const ctx: Context = { step: 0, rng: rng(seed), phase: 'test' }
  let adapted: tree.Params | undefined

  return {
    get labels() {
      return [...examples.keys()]
    },
    addExample(label, x) {
      const example = oneExample(x)
      const known = examples.get(label)
      if (known) known.push(example)
      else examples.set(label, [example])
      forget()
    },
    removeLabel(label) {
      const known = examples.get(label)
      if (!known) throw unknownLabel(label, [...examples.keys()])
      tree.dispose(known)
      examples.delete(label)
      forget()
    },
    async predict(x) {
      if (examples.size === 0) throw noExamples()
      if (backend) await prepareBackend(backend)
      const labels = [...examples.keys()]
      const output = backend ? onBackend(backend.name, () => judge(x)) : judge(x)
      const probabilities = await output.data()
      output.dispose()
      const best = probabilities.indexOf(Math.max(...probabilities))
      return {
        label: labels[best]!,
        probabilities: Object.fromEntries(labels.map((label, i) => [label, probabilities[i]!])),
      }
    },
    async save() {
      const stacked = tree.tidy(() => [...examples.values()].map((list) => concat(list)))
      const saved: SavedClassifier = {
        kind: 'classifier',
        learner: learner.spec,
        labels: [...examples.keys()],
      }
      try {
        return await encodeCheckpoint({ trees: { examples: stacked }, json: saved as never })
      } finally {
        tree.dispose(stacked)
      }
    },
    async load(bytes) {
      const saved = decodeCheckpoint(bytes)
      const { kind, learner: spec, labels } = saved.json as unknown as SavedClassifier
      if (kind !== 'classifier' || canonicalJson(spec) !== canonicalJson(learner.spec)) {
        tree.dispose(saved.trees)
        throw otherModel(kind, spec, learner)
      }
      clear()
      for (const [i, x] of (saved.trees.examples as Tensor[]).entries()) {
        examples.set(labels[i]!, unstackExamples(x))
        x.dispose()
      }
    },
    dispose: clear,
  }

  function judge(x: Tensor): Tensor {
    adapted ??= tree.tidy(() => learner.adapt(meta, supportSet([...examples.values()]), ctx))
    return tidyTensors(() => {
      const query = oneExample(x)
      // One query is no batch to normalise over; among the examples it is.
      const asked = learner.traits.transductive
        ? concat([query, ...[...examples.values()].flat()])
        : query
      const logits = slice(learner.predict(meta, adapted!, asked, ctx), 0, 1)
      return reshape(softmax(logits), [examples.size])
    })
  }

  function oneExample(x: Tensor): Tensor {
    const known = [...examples.values()][0]?.[0]?.shape.slice(1)
    const batched = known ? x.rank === known.length + 1 : x.shape[0] === 1 && x.rank > 1
    const shape = batched ? x.shape.slice(1) : x.shape
    if (known && shape.join() !== known.join()) throw shapeMismatch(shape, known)
    return tidyTensors(() => reshape(x, [1, ...shape]).clone())
  }

  function forget() {
    if (adapted) tree.dispose(adapted)
    adapted = undefined
  }

  function clear() {
    for (const list of examples.values()) tree.dispose(list)
    examples.clear()
    forget()
  }
}

interface SavedClassifier {
  readonly kind: 'classifier'
  readonly learner: Spec
  readonly labels: readonly string[]
}

function supportSet(lists: readonly Tensor[][]): Batch {
  const labels = lists.flatMap((list, label) => list.map(() => label))
  return { x: concat(lists.flat()), y: tensor1d(labels, 'int32'), ways: lists.length }
}

function unstackExamples(x: Tensor): Tensor[] {
  return split(x, x.shape[0]!)
}

function noExamples(): KshotError {
  return new KshotError('core/no-examples', {
    got: 'a question to a classifier without examples',
    expected: 'at least one example',
    remedy: 'Call addExample(label, x) first',
  })
}

function unknownLabel(label: string, labels: readonly string[]): KshotError {
  return new KshotError('core/unknown-label', {
    got: `the label '${label}'`,
    expected: labels.length > 0 ? `one of ${labels.join(', ')}` : 'a classifier with examples',
    remedy: 'Look at classifier.labels',
  })
}

function shapeMismatch(shape: readonly number[], known: readonly number[]): KshotError {
  return new KshotError('core/shape-mismatch', {
    got: `an example of shape [${shape.join(', ')}]`,
    expected: `[${known.join(', ')}], as the first example had, or [1, ${known.join(', ')}]`,
    remedy: 'Resize or reshape the example',
  })
}

function otherModel(kind: string, spec: Spec, learner: AnyLearner): KshotError {
  return new KshotError('checkpoint/other-model', {
    got: kind === 'classifier' ? `a classifier saved by ${canonicalJson(spec)}` : `a saved ${kind}`,
    expected: `a classifier saved by ${canonicalJson(learner.spec)}`,
    remedy: 'Load it with the learner that saved it',
  })
}
