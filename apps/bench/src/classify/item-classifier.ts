import type { Check, ExampleId, Prediction } from '@kshot/core'
import type { Item } from './support'

/** What decides, and what stands behind it. */
export interface About {
  /** The file of a checkpoint. */
  readonly checkpoint?: string
  /** What a checkpoint has trained. */
  readonly learner?: string
  /** As in `image-encoder`. */
  readonly encoder?: string
  /** As in `centroid`. */
  readonly head?: string
  /** Its predictions depend on the other queries of an episode; here each is judged among the examples. */
  readonly transductive: boolean
}

export type ItemPrediction = Prediction & {
  /** Light and dark were exchanged. */
  readonly inverted?: boolean
}

/** Learns labels from examples and tells those of queries. */
export interface ItemClassifier {
  readonly about: About
  /** Reads what will be needed, so that all that is broken is told at once. */
  prepare?(items: readonly Item[]): Promise<void>
  add(label: string, items: readonly Item[]): Promise<ExampleId[]>
  predict(items: readonly Item[]): Promise<ItemPrediction[]>
  check(): Promise<Check>
  dispose(): void
}
