import { stat } from 'node:fs/promises'
import { KshotError } from '@kshot/core'
import type { Splits, Understood } from '@kshot/episodes'
import { imageFolder, textFile, vectorFile } from '@kshot/episodes/node'

export interface InspectJob {
  /** A folder of pictures, or a table. */
  readonly path: string
  /** By default pictures of a folder, texts of a table with a column `text`, else vectors. */
  readonly kind: 'images' | 'vectors' | 'texts' | undefined
  readonly label: string | undefined
}

/** What a data set is: its splits, its classes, what was taken, and what is wrong with it. */
export interface Inspected {
  readonly path: string
  readonly kind: 'images' | 'vectors' | 'texts'
  /** Shape of one example. */
  readonly shape: readonly number[]
  readonly understood: Understood
  readonly splits: {
    readonly [split: string]: readonly { readonly id: string; readonly size: number }[]
  }
}

/**
 * Reads a data set as a run would, but leaves out and names what a run would stop at: pictures that can't
 * be read, classes without any.
 * @throws what reading throws
 */
export async function inspect(job: InspectJob): Promise<Inspected> {
  const { path } = job
  const found = await stat(path).catch((cause) => {
    throw new KshotError('usage/no-data', {
      got: `${path}: ${(cause as Error).message}`,
      expected: 'a folder of pictures, or a table of vectors or texts',
      remedy: 'Check the path',
      cause,
    })
  })
  const { kind, splits } = found.isDirectory() ? await pictures(path) : await table(job)
  const { train, validation, test } = splits
  const sizes = ({ classes }: Splits['train']) => classes.map(({ id, size }) => ({ id, size }))
  return {
    path,
    kind,
    shape: train.shape,
    understood: splits.understood!,
    splits: { train: sizes(train), validation: sizes(validation), test: sizes(test) },
  }
}

async function pictures(path: string) {
  const splits = await imageFolder(path, { onBroken: 'skip', minImages: 1 })
  return { kind: 'images', splits } as const
}

async function table({ path, kind, label }: InspectJob) {
  const options = label === undefined ? {} : { label }
  if (kind === 'texts') return { kind, splits: await textFile(path, options) } as const
  if (kind === 'vectors') return { kind, splits: await vectorFile(path, options) } as const
  // A table with a column of that name; what is wrong with any other table, its numbers tell.
  const texts = await textFile(path, options).catch(() => undefined)
  if (texts) return { kind: 'texts', splits: texts } as const
  return { kind: 'vectors', splits: await vectorFile(path, options) } as const
}
