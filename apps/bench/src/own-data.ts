import type { Splits } from '@kshot/episodes'
import { imageFolder, imageFolderFormat, textFile, vectorFile } from '@kshot/episodes/node'
import type { Config } from './schema'

type Dataset = Config['dataset']
type Of<Name extends Dataset['name']> = Extract<Dataset, { name: Name }>

/** Data that a user brings, named by its path. */
export const ownData = {
  images: {
    description: 'your pictures: a folder with a folder a class (dataset.path)',
    open: (dataset: Dataset) => images(dataset as Of<'images'>),
  },
  vectors: {
    description: 'your labelled vectors: CSV, TSV, JSON Lines or JSON (dataset.path)',
    open: (dataset: Dataset) => vectors(dataset as Of<'vectors'>),
  },
  texts: {
    description: 'your labelled texts: CSV, TSV, JSON Lines or JSON (dataset.path)',
    open: (dataset: Dataset) => texts(dataset as Of<'texts'>),
  },
}

/**
 * A data set with all said that its files say: pictures get a size, channels and bits that suit them,
 * and are cut where they are of other proportions.
 * @throws what `imageFolder` throws
 */
export async function suited(dataset: Dataset): Promise<Dataset> {
  if (dataset.name !== 'images') return dataset
  const fit = dataset.fit ?? 'cover'
  if (dataset.size && dataset.channels) return { ...dataset, fit }
  const found = await imageFolderFormat(dataset.path)
  const bits = dataset.bits ?? found.bits
  return {
    ...dataset,
    channels: dataset.channels ?? found.channels,
    size: dataset.size ?? [found.size[0], found.size[1]],
    fit,
    ...(bits !== undefined && { bits }),
  }
}

/** A configuration that was written before there was a fit has stretched its pictures. */
export const FIT_BEFORE = 'stretch'

function images({ name: _, path, distort: __, ...options }: Of<'images'>): Promise<Splits> {
  return imageFolder(path, written({ fit: FIT_BEFORE, ...options }))
}

function vectors({ name: _, path, ...options }: Of<'vectors'>): Promise<Splits> {
  return vectorFile(path, written(options))
}

function texts({ name: _, path, ...options }: Of<'texts'>): Promise<Splits> {
  return textFile(path, written(options))
}

type Written<T> = { [Key in keyof T]: Exclude<T[Key], undefined> }

/** Without the options that nobody has given. */
function written<T extends object>(options: T): Written<T> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Written<T>
}
