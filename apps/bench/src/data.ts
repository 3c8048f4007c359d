import { isKshotError, type TaskSource } from '@kshot/core'
import {
  concatenate,
  type Dataset,
  type DistortOptions,
  episodeSetHash,
  episodes,
  type Splits,
} from '@kshot/episodes'
import { findOmniglot, omniglot } from '@kshot/episodes/node'
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
  omniglot: {
    description: 'handwritten characters of 50 alphabets (Lake et al. 2015), found through --data',
    open({ dataset }, data) {
      const { split, resize, rotations } = dataset as Extract<
        Config['dataset'],
        { name: 'omniglot' }
      >
      const asClasses = rotations === 'per-class' ? 'none' : rotations
      return omniglot({
        ...{ split, resize, rotations: asClasses },
        ...(data !== undefined && { data }),
      })
    },
    async locate(data) {
      try {
        return { ok: true, detail: findOmniglot(data) }
      } catch (error) {
        if (!isKshotError(error, 'episodes/data-not-found')) throw error
        return { ok: false, detail: `${error.got}. ${error.remedy}` }
      }
    },
  },
}

/**
 * Opens the data set of a configuration and draws the tasks of its phases.
 * @throws what the data set throws: data that is missing, damaged, or has too few classes or examples
 */
export async function openData(config: Config, location: string | undefined): Promise<Data> {
  const { dataset, train, validate, test, seed } = config
  const splits = await datasets[dataset.name]!.open(config, location)
  const both = () => concatenate(splits.train, splits.validation)
  const training = train.split === 'train+val' ? both() : splits.train
  const { distort } = dataset
  const draw = (
    split: Dataset,
    shape: { ways: number; shots: number; queries: number },
    seed: string,
  ) => {
    const { ways, shots, queries } = shape
    return episodes(split, {
      ways,
      shots,
      queries,
      seed,
      ...('rotations' in dataset &&
        dataset.rotations === 'per-class' && { rotate: 'per-class' as const }),
      ...(distort && { distort: distort as DistortOptions }),
    })
  }
  const tests = draw(splits.test, test, `test ${test.seed}`)
  return {
    train: draw(training, train, `train ${seed}`),
    validation: validate
      ? draw(splits.validation, validate, `validate ${validate.seed}`)
      : undefined,
    test: tests,
    description: describe(dataset.name, { ...splits, train: training }),
    episodeSet: async () => episodeSetHash(tests, test.episodes),
  }
}

function describe(name: string, { train, validation, test }: Splits): string {
  const [a, b, c] = [train, validation, test].map(({ classes }) => count(classes.length))
  return `${name}: ${a} classes to train on, ${b} to validate on, ${c} to test on`
}
