import type { TaskSource } from '@kshot/core'
import type { DatasetCard } from '@kshot/core/card'
import {
  type DistortOptions,
  type RegressionSplits,
  type RegressionTasksOptions,
  regressionTasks,
  type Splits,
  type Understood,
} from '@kshot/episodes'
import { findOmniglot, omniglot } from '@kshot/episodes/node'
import { type DatasetConfig, datasetCard } from '../catalogue/datasets'

/** What the options of a data set say of the episodes drawn from it. */
export interface InEpisodes {
  readonly distort?: DistortOptions
  readonly rotate?: 'per-class'
}

type Options = { readonly [option: string]: unknown }

/** Options of a data set that are for its episodes, and those for its factory: see `DatasetCard`. */
export function partedOptions({ name: _, distort, ...options }: DatasetConfig): {
  readonly inEpisodes: InEpisodes
  readonly forFactory: Options
} {
  const perClass = options.rotations === 'per-class'
  return {
    inEpisodes: {
      ...(distort !== undefined && { distort: distort as DistortOptions }),
      ...(perClass && { rotate: 'per-class' as const }),
    },
    forFactory: perClass ? { ...options, rotations: 'none' } : options,
  }
}

/** A configuration that was written before there was a fit has stretched its pictures. */
export const FIT_BEFORE = 'stretch'

/**
 * The classes of a data set to train, validate and test on.
 * @param location where the original files lie, if that is known
 * @throws what its factory throws
 */
export async function openSplits(
  dataset: DatasetConfig,
  location: string | undefined,
): Promise<Splits> {
  const { name } = dataset
  const { forFactory } = partedOptions(dataset)
  const original = ORIGINALS[name]
  if (original && (location !== undefined || original.find(undefined) !== undefined)) {
    return original.open(forFactory, location)
  }
  const factory = await factoryOf<Splits | Promise<Splits>>(datasetCard(dataset))
  const { path, ...options } = forFactory
  if (path === undefined) return factory(options)
  return factory(path, name === 'images' ? { fit: FIT_BEFORE, ...options } : options)
}

interface Shape {
  readonly shots: number
  readonly queries: number
  readonly seed: string
}

/** The tasks of a regression: those of a file by split, generated ones for any phase. */
export interface OpenedTasks {
  draw(split: 'train' | 'validation' | 'test', shape: Shape): TaskSource
  /** Of a file: how it was read. */
  readonly understood?: Understood
  readonly splitGiven?: boolean
}

/** @throws what the factory throws */
export async function openTasks(dataset: DatasetConfig): Promise<OpenedTasks> {
  const card = datasetCard(dataset)
  const { path, ...options } = partedOptions(dataset).forFactory
  if (path === undefined) {
    const factory = await factoryOf<TaskSource>(card)
    return { draw: (_, shape) => factory({ ...options, ...shape }) }
  }
  const factory = await factoryOf<Promise<RegressionSplits>>(card)
  const { given, understood, ...splits } = await factory(path, options)
  const { support } = options as Pick<RegressionTasksOptions, 'support'>
  return {
    draw: (split, shape) => regressionTasks(splits[split], { ...shape, ...(support && { support }) }),
    ...(understood && { understood }),
    ...(given !== undefined && { splitGiven: given }),
  }
}

async function factoryOf<T>({ factory, inNode }: DatasetCard) {
  const module = (await import(inNode ?? factory.package)) as {
    readonly [name: string]: (...options: unknown[]) => T
  }
  return module[factory.export]!
}

/** Data sets whose official files can stand in for what is embedded. */
const ORIGINALS: {
  readonly [name: string]: {
    find(location: string | undefined): string | undefined
    open(options: Options, location: string | undefined): Promise<Splits>
    /** What is missing in a folder. */
    readonly files: string
  }
} = {
  omniglot: {
    find: findOmniglot,
    open: (options, location) =>
      omniglot({
        ...(options as unknown as Parameters<typeof omniglot>[0]), // its schema has checked them
        ...(location !== undefined && { data: location }),
      }),
    files: 'images_background and images_evaluation',
  },
}

/** Whether a data set can be opened here, and where it lies or why not. */
export function locate(
  { name, options, source }: DatasetCard,
  location: string | undefined,
): { ok: boolean; detail: string } {
  if ('path' in options.properties) return { ok: true, detail: 'where dataset.path says' }
  const original = ORIGINALS[name]
  const found = original?.find(location)
  if (found !== undefined) return { ok: true, detail: found }
  if (original && location !== undefined) {
    return { ok: false, detail: `no ${original.files} in ${location}` }
  }
  return { ok: true, detail: source === 'generated' ? source : 'embedded' }
}
