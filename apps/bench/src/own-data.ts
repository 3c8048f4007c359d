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
    description: 'your labelled vectors: CSV, TSV or JSONL (dataset.path)',
    open: (dataset: Dataset) => vectors(dataset as Of<'vectors'>),
  },
  texts: {
    description: 'your labelled texts: CSV, TSV or JSONL (dataset.path)',
    open: (dataset: Dataset) => texts(dataset as Of<'texts'>),
  },
}

/**
 * A data set with all said that its files say: pictures get a size and channels that suit them.
 * @throws what `imageFolder` throws
 */
export async function suited(dataset: Dataset): Promise<Dataset> {
  if (dataset.name !== 'images' || (dataset.size && dataset.channels)) return dataset
  const { size, channels } = await imageFolderFormat(dataset.path)
  return {
    ...dataset,
    channels: dataset.channels ?? channels,
    size: dataset.size ?? [size[0], size[1]],
  }
}

async function images(dataset: Of<'images'>): Promise<Splits> {
  const { path, size, channels, resize, invert } = (await suited(dataset)) as Of<'images'>
  const format = { size: size!, channels: channels!, resize, invert }
  return imageFolder(path, { ...dealing(dataset), ...format })
}

function vectors({ path, label, standardise, ...dataset }: Of<'vectors'>): Promise<Splits> {
  return vectorFile(path, { ...dealing(dataset), label, standardise })
}

function texts({ path, label, text, features, ...dataset }: Of<'texts'>): Promise<Splits> {
  return textFile(path, { ...dealing(dataset), label, text, features })
}

function dealing({ seed, splits }: Pick<Of<'images'>, 'seed' | 'splits'>) {
  return { seed, ...(splits && { splits }) }
}
