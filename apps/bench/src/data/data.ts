import { KshotError, type Spec, type TaskKind, type TaskSource } from '@kshot/core'
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
  taskSetHash,
  type Understood,
} from '@kshot/episodes'
import { count, type NumberOrRange, largest } from '@kshot/results'
import { datasetCard, isRegression } from '../catalogue/datasets'
import { encoderName, encoderOf } from '../catalogue/encoders'
import { type EncodeJob, encodedSplits, type Kind, type SplitName } from './encoded-splits'
import { checkEnoughClasses } from './enough-classes'
import { openSplits, openTasks, partedOptions } from './open-dataset'
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

/**
 * Opens the data set of a configuration and draws the tasks of its phases.
 * @throws what the data set throws: data that is missing, damaged, or has too few classes or examples
 */
export async function openData(config: Config, location: string | undefined): Promise<Data> {
  if (isRegression(config.dataset)) return regressionOf(config)
  return tasksOf(config, await openSplits(config.dataset, location))
}

type Shape = {
  readonly ways?: EpisodeOptions['ways'] | undefined
  readonly shots: NumberOrRange
  readonly queries: number
  readonly within?: 'group' | undefined
  readonly drawers?: 'own' | 'shared' | undefined
  /** Of training alone. */
  readonly augment?: AugmentOptions | undefined
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
  const { distort, rotate } = partedOptions(dataset).inEpisodes
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
      ...(rotate && { rotate }),
      ...(distortion && { distort: distortion }),
      ...(augment && { augment }),
    })
  }
  const tests = draw(splits.test, test, `test ${test.seed}`)
  const { validation } = splits
  return {
    train(kind = 'episodes') {
      const name = `train ${seed}`
      if (kind === 'batches' || kind === 'pairs') {
        // The learner that asks for them takes them: `trainsOn` says so.
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
  const kind = datasetCard(config.dataset).examples as Kind
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
  const { distort = train.distort, rotate } = partedOptions(dataset).inEpisodes
  if (distort === undefined && rotate === undefined) return
  throw new KshotError('config/bad-value', {
    got: `${distort ? 'distort' : "rotations: 'per-class'"}, and a learner on an encoder`,
    expected: 'examples that are the same in each episode: they are encoded once',
    remedy: 'Leave it out',
  })
}

/** Batches and pairs with as many images as the largest episode, so that budgets can be compared. */
const sameImages = {
  batches: (data: Dataset, shape: Shape, seed: string, distort?: DistortOptions) =>
    batches(data, {
      size: images(shape),
      seed,
      ...(distort && { distort }),
      ...(shape.augment && { augment: shape.augment }),
    }),
  pairs: (data: Dataset, shape: Shape, seed: string, distort?: DistortOptions) =>
    pairs(data, {
      size: Math.ceil(images(shape) / 2),
      seed,
      ...(distort && { distort }),
      ...(shape.within && { within: shape.within }),
      ...(shape.augment && { augment: shape.augment }),
    }),
}

function images({ ways, shots, queries }: Shape): number {
  return largest(ways!) * (largest(shots) + queries)
}

function describe(name: string, { train, validation, test }: Splits): string {
  const [a, b, c] = [train, validation, test].map(({ classes }) => count(classes.length))
  return `${name}: ${a} classes for training, ${b} for validation, ${c} for testing`
}

/** Enough queries to draw a curve. */
const ALONG_A_CURVE = 200

/** Tasks of a regression; those of each phase are drawn from a separate seed. */
async function regressionOf({ dataset, train, validate, test, seed }: Config): Promise<Data> {
  const { name, sentence } = datasetCard(dataset)
  const { draw: tasks, ...about } = await openTasks(dataset)
  const draw = (split: SplitName, { shots, queries }: Shape, seed: string) =>
    tasks(split, { shots: largest(shots), queries, seed })
  const tests = draw('test', test, `test ${test.seed}`)
  return {
    train: () => draw('train', train, `train ${seed}`),
    validation: validate
      ? draw('validation', validate, `validate ${validate.seed}`)
      : undefined,
    test: tests,
    // Only what is generated has as many points as a curve needs.
    ...(!about.understood && {
      curves: draw('test', { ...test, queries: ALONG_A_CURVE }, `test ${test.seed}`),
    }),
    description: `${name}: ${sentence}`,
    ...about,
    episodeSet: () => taskSetHash(tests, test.episodes),
  }
}
