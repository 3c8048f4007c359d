import type { Context, EpisodeScore } from '../learner'
import type { RngKey } from '../random'
import type { Spec } from '../spec'
import type { DeviceInfo } from '../use-backend'
import type { Failure } from './failure'
import type { Packed } from './pack'

/** Where the packages of a spec lie: URLs by name, as the app resolves them. */
export type Modules = { readonly [name: string]: string }

/** What a thread is started with. */
export interface Start {
  readonly backend: Spec
  readonly executor: Spec
  readonly modules: Modules
}

/** A context without functions. */
export interface PlainContext extends Omit<Context, 'rng'> {
  readonly key: RngKey
}

/** Tasks of one group, or of one chunk of groups, and all that is needed to run it. */
export interface Job {
  readonly kind: 'sum' | 'scores'
  /** `key` is one text for equal specs: a thread builds each learner once. */
  readonly learner: { readonly key: string; readonly spec: Spec; readonly modules: Modules }
  /** A thread unpacks each version once. */
  readonly meta: { readonly version: number; readonly packed: Packed }
  readonly tasks: Packed
  readonly contexts: readonly PlainContext[]
  /** Where the sum may be written, if it fits. */
  readonly space: SharedArrayBuffer
}

export type Done =
  /** `inSpace`: the sum lies in the space that was offered, else in its own memory. */
  | { readonly kind: 'sum'; readonly sum: Packed; readonly inSpace: boolean }
  | { readonly kind: 'scores'; readonly scores: EpisodeScore[] }

/** What a thread says: one word about its start, then one about each job. */
export type Reply =
  | { readonly kind: 'ready'; readonly device: DeviceInfo }
  | { readonly kind: 'not-started'; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | Done
