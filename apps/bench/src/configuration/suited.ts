import { imageFolderFormat } from '@kshot/episodes/node'
import type { DatasetConfig } from '../catalogue/datasets'

/**
 * A data set with all said that its files say: pictures get a size, channels and bits that suit them,
 * and are cut where they are of other proportions.
 * @throws what `imageFolder` throws
 */
export async function suited(dataset: DatasetConfig): Promise<DatasetConfig> {
  if (dataset.name !== 'images') return dataset
  const fit = dataset.fit ?? 'cover'
  if (dataset.size && dataset.channels) return { ...dataset, fit }
  const found = await imageFolderFormat(String(dataset.path))
  const bits = dataset.bits ?? found.bits
  return {
    ...dataset,
    channels: dataset.channels ?? found.channels,
    size: dataset.size ?? [found.size[0], found.size[1]],
    fit,
    ...(bits !== undefined && { bits }),
  }
}
