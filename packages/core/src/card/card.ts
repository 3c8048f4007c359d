import type { OptionsSchema, Role } from '../options/schema'
import type { Json } from '../spec'

/**
 * A description for those who choose a learner, net or optimizer: plain JSON data. A package exports
 * its cards as `cards` from its entry `/card`, which apps never load.
 */
export interface Card {
  readonly role: Role
  /** What is called with options. Its `export` is the short name in configurations. */
  readonly factory: { readonly package: string; readonly export: string }
  /** One line, for people. */
  readonly sentence: string
  readonly options: OptionsSchema
}

/** A net, an optimizer, a schedule, an encoder. */
export interface PartCard extends Card {
  readonly role: 'model' | 'optimizer' | 'schedule' | 'encoder'
}

/** An encoder that a configuration names in one word, since it has no options. */
export interface EncoderCard extends PartCard {
  readonly role: 'encoder'
  /** For example `image-encoder`. */
  readonly name: string
  readonly takes: 'pictures' | 'texts'
  /** The package entry that reads files in Node, if it is a different one. */
  readonly inNode?: string
}

export interface LearnerCard extends Card {
  readonly role: 'learner'
  /** The name of the method, for example `Prototypical Networks`. */
  readonly name: string
  readonly paper: Paper
  /** Learns nothing from tasks, so all classes of a data set may be tested on. */
  readonly untrained?: true
  /** How it is trained by default; includes named variants. */
  readonly standard: readonly Standard[]
  /** Configurations with a name. */
  readonly presets: Presets
  /** Numbers printed in papers, with their test protocols. */
  readonly published: readonly PublishedEntry[]
}

/**
 * A data set that configurations name: as `dataset.name` in a run, as `data.kind` in a leaderboard.
 *
 * The factory gets the options and returns `Splits`. An option `path` is passed first, as in
 * `imageFolder(path, options)`. Two options are not for the factory but for the episodes: `distort`, and
 * the value `per-class` of `rotations`, instead of which the factory gets `none`.
 */
export interface DatasetCard extends Card {
  readonly role: 'dataset'
  /** For example `images`. */
  readonly name: string
  /**
   * What an example is. Points belong to a regression: its factory also gets `shots`, `queries` and
   * `seed`, and returns a task source.
   */
  readonly examples: 'pictures' | 'vectors' | 'texts' | 'points'
  /** Who made the data. */
  readonly source: string
  /** As an SPDX expression; none for a user's own files. */
  readonly licence?: string
  /** What tells its splits apart unless an option does, for example `scripts`. */
  readonly split?: string
  /** How a new picture becomes an example; options of the same names win. */
  readonly picture?: PictureFormat
  /** The package entry that has the factory in Node, if it is a different one. */
  readonly inNode?: string
}

/** What pictures of a data set are. */
export interface PictureFormat {
  /** Height and width. */
  readonly size: readonly [number, number]
  readonly channels: 1 | 3
  readonly resize?: 'nearest' | 'area'
  readonly fit?: 'cover' | 'contain' | 'stretch'
  /** Light on dark: ink is 1. */
  readonly ink?: true
}

export type AnyCard = LearnerCard | PartCard | EncoderCard | DatasetCard

export interface Paper {
  readonly title: string
  readonly authors: string
  readonly year: number
  readonly url: string
}

type Options = { readonly [name: string]: Json }

/** A learner, as a configuration writes it: `{ name: 'conv4', filters: 32 }` for what has a card. */
export type LearnerConfig = { readonly name: string } & Options

/** A configuration that needs a name only. */
export interface Standard {
  readonly name: string
  readonly description: string
  /** The learner on a net that fits the examples; none if no net fits. */
  readonly learner: { readonly pictures?: LearnerConfig; readonly vectors?: LearnerConfig }
  /** How it is trained, if that differs from the others. */
  readonly train?: Options
  readonly executor?: 'vectorised'
  /** How many configurations were tried before this one was chosen, if counted. */
  readonly tuningTrials?: number
  /** Takes part if a leaderboard names no learners. */
  readonly byDefault?: boolean
}

export interface Preset {
  readonly description: string
  /** As `kshot run` takes it. */
  readonly config: {
    readonly learner: LearnerConfig
    readonly dataset: Options
    readonly train: Options
    readonly validate?: Options | null
    readonly test: Options
    readonly seed?: number
    readonly executor?: 'sequential' | 'vectorised'
    readonly tasksAtOnce?: number
    readonly tuningTrials?: number
  }
}

export type Presets = { readonly [name: string]: Preset }

/** One paper's numbers for one learner, as fractions, with their protocol; null: unknown. */
export type PublishedEntry = {
  readonly learner: string
  readonly paper: string
  readonly results: readonly Options[]
} & Options
