import { KshotError, type Spec, type TaskKind, type TaskSource } from '@kshot/core'
import { emoji } from '@kshot/emoji'
import {
  type AugmentOptions,
  batches,
  concatenate,
  type Dataset,
  type DistortOptions,
  type EpisodeOptions,
  episodeSetHash,
  episodes,
  pairs,
  type Splits,
  sinusoids,
  taskSetHash,
  type Understood,
} from '@kshot/episodes'
import { findOmniglot, omniglot as omniglotFiles } from '@kshot/episodes/node'
import { glyphs } from '@kshot/glyphs'
import { intents } from '@kshot/intents'
import { omniglot } from '@kshot/omniglot'
import { count, type Drawn, largest } from '@kshot/results'
import { encoderName, encoderOf } from '../catalogue/encoders'
import { type EncodeJob, encodedSplits, type Kind, type SplitName } from './encoded-splits'
import { checkEnoughClasses } from './enough-classes'
import { ownData } from './own-data'
import type { Config } from '../configuration/schema'

/** The tasks of a run. */
export interface Data {
  /** Training tasks of the kind that a learner takes. */
  train(kind?: TaskKind): TaskSource
  readonly validation: TaskSource | undefined
  readonly test: TaskSource
  /** For a regression: the test tasks again, with queries all along their curves, for a picture. */
  readonly curves?: TaskSource
  /** In a few words, for people. */
  readonly description: string
  /** The data says itself which class belongs to which split. */
  readonly splitGiven?: boolean
  /** What was made of a user's files. */
  readonly understood?: Understood
  /** The hash of all test episodes: contents, order, labels and preprocessing. */
  episodeSet(): Promise<string>
  /** The name of the encoder whose embeddings the tasks consist of. */
  readonly encoder?: string
  /** For a learner on an encoder: the same tasks with embeddings in the place of examples. */
  encoded?(how: Encoding): Promise<Data>
}

/** Where embeddings are kept, and who wants to know how far it has come. */
export type Encoding = Pick<EncodeJob, 'folder' | 'onProgress'>

interface DatasetEntry {
  readonly description: string
  /** What its examples are to an encoder; a generated regression has none. */
  readonly kind?: Kind
  /** The classes to train, validate and test on; a generated regression has none. */
  splits?(dataset: Config['dataset'], location: string | undefined): Promise<Splits>
  /** Whether it can be opened here, and where it lies or why not. */
  locate(location: string | undefined): Promise<{ ok: boolean; detail: string }>
}

/** The options of one data set. */
type Of<Name extends Config['dataset']['name']> = Extract<Config['dataset'], { name: Name }>

/** Data sets that are named by their path. */
const ownDatasets: { readonly [name: string]: DatasetEntry } = Object.fromEntries(
  Object.entries(ownData).map(([name, { description, kind, open }]) => [
    name,
    {
      description,
      kind,
      splits: open,
      locate: async () => ({ ok: true, detail: 'where dataset.path says' }),
    },
  ]),
)

/** The data sets that a configuration can name. */
export const datasets: { readonly [name: string]: DatasetEntry } = {
  glyphs: {
    description: 'characters of many scripts in many typefaces, embedded (@kshot/glyphs)',
    kind: 'pictures',
    splits: () => glyphs(),
    locate: async () => ({ ok: true, detail: 'embedded' }),
  },
  emoji: {
    description: 'colour pictures of 1,118 emoji by up to seven artists, embedded (@kshot/emoji)',
    kind: 'pictures',
    splits: () => emoji(),
    locate: async () => ({ ok: true, detail: 'embedded' }),
  },
  intents: {
    description: 'requests of 150 intents, CLINC150, as hashed n-grams, embedded (@kshot/intents)',
    kind: 'texts',
    splits: (dataset) => intentSplits(dataset as Of<'intents'>),
    locate: async () => ({ ok: true, detail: 'embedded' }),
  },
  omniglot: {
    description:
      'handwritten characters of 50 alphabets (Lake et al. 2015), embedded (@kshot/omniglot)',
    kind: 'pictures',
    splits(dataset, data) {
      const { split, resize, rotations } = dataset as Of<'omniglot'>
      const asClasses = rotations === 'per-class' ? 'none' : rotations
      const options = { split, resize, rotations: asClasses } as const
      if (data !== undefined) return omniglotFiles({ ...options, data })
      return findOmniglot() ? omniglotFiles(options) : omniglot(options)
    },
    async locate(data) {
      const folder = findOmniglot(data)
      if (folder !== undefined) return { ok: true, detail: folder }
      if (data === undefined) return { ok: true, detail: 'embedded' }
      return { ok: false, detail: `no images_background and images_evaluation in ${data}` }
    },
  },
  ...ownDatasets,
  sinusoids: {
    description: 'regression: sines of many amplitudes and phases, generated (Finn et al. 2017)',
    locate: async () => ({ ok: true, detail: 'generated' }),
  },
}

/**
 * Opens the data set of a configuration and draws the tasks of its phases.
 * @throws what the data set throws: data that is missing, damaged, or has too few classes or examples
 */
export async function openData(config: Config, location: string | undefined): Promise<Data> {
  const { splits } = datasets[config.dataset.name]!
  return splits ? tasksOf(config, await splits(config.dataset, location)) : sines(config)
}

type Shape = {
  readonly ways?: EpisodeOptions['ways'] | undefined
  readonly shots: Drawn
  readonly queries: number
  readonly within?: 'group' | undefined
  readonly drawers?: 'own' | 'shared' | undefined
  /** Of training alone. */
  readonly augment?: object | undefined
}

/**
 * Episodes, batches and pairs from the classes of a data set.
 * @throws `episodes/too-few-classes`, `episodes/class-too-small`
 */
export function tasksOf(config: Config, splits: Splits): Data {
  const { dataset, train, validate, test, seed } = config
  const encoder = encoderOf(config.learner)
  if (encoder) checkWhole(config)
  const training =
    train.split === 'train+val' ? concatenate(splits.train, splits.validation) : splits.train
  checkEnoughClasses(config, { ...splits, train: training }, ['test', 'validate'])
  const { distort, rotations } = dataset as Partial<Of<'omniglot'>>
  const trainDistort = train.distort ?? distort
  const draw = (split: Dataset, shape: Shape, seed: string, distortion = distort) => {
    const { ways, shots, queries, within, drawers, augment } = shape
    return episodes(split, {
      ways: ways!,
      shots: shots as EpisodeOptions['shots'],
      queries,
      seed,
      ...(within && { within }),
      ...(drawers && { drawers }),
      ...(rotations === 'per-class' && { rotate: 'per-class' as const }),
      ...(distortion && { distort: distortion as DistortOptions }),
      ...(augment && { augment: augment as AugmentOptions }),
    })
  }
  const tests = draw(splits.test, test, `test ${test.seed}`)
  const { validation } = splits
  return {
    train(kind = 'episodes') {
      const name = `train ${seed}`
      if (kind === 'batches' || kind === 'pairs') {
        return sameImages[kind](training, train, name, trainDistort) as unknown as TaskSource
      }
      // What trains on nothing asks for the shape of tasks alone.
      if (kind === 'nothing' && training.classes.length < largest(train.ways!)) return tests
      checkEnoughClasses(config, { ...splits, train: training }, ['train'])
      return draw(training, train, name, trainDistort)
    },
    validation: validate ? draw(validation, validate, `validate ${validate.seed}`) : undefined,
    test: tests,
    description: describe(dataset.name, { ...splits, train: training }),
    ...(splits.given !== undefined && { splitGiven: splits.given }),
    ...(splits.understood && { understood: splits.understood }),
    episodeSet: async () => episodeSetHash(tests, test.episodes),
    ...(encoder && { encoded: (how) => encodedTasks(config, splits, encoder, how) }),
  }
}

/** The hash is that of the examples themselves: learners on an encoder stand beside those on pictures. */
async function encodedTasks(
  config: Config,
  splits: Splits,
  encoder: Spec,
  how: Encoding,
): Promise<Data> {
  const { kind = 'vectors' } = datasets[config.dataset.name]!
  const job = { ...how, encoder, kind, splits: splitsRead(config) }
  const { encoded: _, ...data } = tasksOf(config, await encodedSplits(splits, job))
  const { episodeSet } = tasksOf(config, splits)
  return { ...data, episodeSet, encoder: encoderName(encoder) }
}

function splitsRead({ train, validate }: Config): SplitName[] {
  const validates = validate !== null || train.split === 'train+val'
  return [
    ...(train.steps > 0 ? (['train'] as const) : []),
    ...(validates ? (['validation'] as const) : []),
    'test',
  ]
}

/**
 * An encoder sees each example once, as it is.
 * @throws `config/bad-value` where each episode would turn or distort it
 */
function checkWhole({ dataset, train }: Config): void {
  const { distort = train.distort, rotations } = dataset as Partial<Of<'omniglot'>>
  if (distort === undefined && rotations !== 'per-class') return
  throw new KshotError('config/bad-value', {
    got: `${distort ? 'distort' : "rotations: 'per-class'"}, and a learner on an encoder`,
    expected: 'examples that are the same in each episode: they are encoded once',
    remedy: 'Leave it out',
  })
}

/** As they are split by domain, or all of them to test on. */
async function intentSplits({ features, split }: Of<'intents'>): Promise<Splits> {
  const { train, validation, test, all } = await intents({ features })
  const sourced = (data: typeof all) => ({ ...data, source: data.text })
  if (split !== 'all') {
    return { train: sourced(train), validation: sourced(validation), test: sourced(test) }
  }
  const none = { ...sourced(all), classes: [] }
  return { train: none, validation: none, test: sourced(all) }
}

/** Batches and pairs with as many images as the largest episode, so that budgets can be compared. */
const sameImages = {
  batches: (data: Dataset, shape: Shape, seed: string, distort?: object) =>
    batches(data, {
      size: images(shape),
      seed,
      ...(distort && { distort }),
      ...(shape.augment && { augment: shape.augment as AugmentOptions }),
    }),
  pairs: (data: Dataset, shape: Shape, seed: string, distort?: object) =>
    pairs(data, {
      size: Math.ceil(images(shape) / 2),
      seed,
      ...(distort && { distort }),
      ...(shape.within && { within: shape.within }),
      ...(shape.augment && { augment: shape.augment as AugmentOptions }),
    }),
}

function images({ ways, shots, queries }: Shape): number {
  return largest(ways!) * (largest(shots) + queries)
}

function describe(name: string, { train, validation, test }: Splits): string {
  const [a, b, c] = [train, validation, test].map(({ classes }) => count(classes.length))
  return `${name}: ${a} classes for training, ${b} for validation, ${c} for testing`
}

/** Enough queries along a sine to draw its curve. */
const ALONG_A_CURVE = 200

/** Tasks y = a sin(x − φ); those of each phase are drawn from a separate seed. */
function sines({ dataset, train, validate, test, seed }: Config): Data {
  const { name: _, ...options } = dataset as Of<'sinusoids'>
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value))
  const draw = ({ shots, queries }: Shape, seed: string) =>
    sinusoids({ ...given, shots: largest(shots), queries, seed })
  const tests = draw(test, `test ${test.seed}`)
  return {
    train: () => draw(train, `train ${seed}`),
    validation: validate ? draw(validate, `validate ${validate.seed}`) : undefined,
    test: tests,
    curves: draw({ ...test, queries: ALONG_A_CURVE }, `test ${test.seed}`),
    description: 'sinusoids: y = a sin(x − φ), a and φ drawn for each task',
    episodeSet: () => taskSetHash(tests, test.episodes),
  }
}
