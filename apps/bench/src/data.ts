import type { TaskSource } from '@kshot/core'
import { type Dataset, episodeSetHash, episodes } from '@kshot/episodes'
import { omniglot } from '@kshot/episodes/node'
import { glyphs } from '@kshot/glyphs'
import type { Config } from './schema'
import { count } from './text'

/** The tasks of a run. */
export interface Data {
  readonly train: TaskSource
  readonly validation: TaskSource | undefined
  readonly test: TaskSource
  /** In a few words, for people. */
  readonly description: string
  /** The hash of all test episodes: contents, order, labels and preprocessing. */
  episodeSet(): Promise<string>
}

/** The classes of each split. */
interface Splits {
  readonly train: Dataset
  readonly validation: Dataset
  readonly test: Dataset
}

interface DatasetEntry {
  readonly description: string
  open(config: Config, location: string | undefined): Promise<Splits>
  /** Whether it can be opened here, and where it lies or why not. */
  locate(location: string | undefined): Promise<{ ok: boolean; detail: string }>
}

/** The data sets that a configuration can name. */
export const datasets: { readonly [name: string]: DatasetEntry } = {
  glyphs: {
    description: 'characters of many scripts in many typefaces, embedded (@kshot/glyphs)',
    open: () => glyphs(),
    locate: async () => ({ ok: true, detail: 'embedded' }),
  },
}
