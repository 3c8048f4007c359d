import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Meta, MetaLearner } from '@kshot/core'
import { readMeta } from './meta-file'
import type { Config } from './schema'
import { count } from './text'

/** The checkpoint that training began with, in the place of drawn parameters. */
export interface BegunWith {
  readonly sha256: string
  /** What it was trained on, and what it began with itself. */
  readonly images: number
  readonly dataset: string
  readonly split: Config['train']['split']
}

export interface Beginning {
  readonly begunWith: BegunWith
  /** The caller's to dispose of. */
  readonly meta: Meta
}

/**
 * What `train.from` names; nothing, where it names nothing.
 * @throws `checkpoint/not-found`, `checkpoint/other-model`, and what else reading a checkpoint throws
 */
export async function beginningOf(
  { train: { from } }: Config,
  learner: MetaLearner,
): Promise<Beginning | undefined> {
  if (from === undefined) return undefined
  const { config, train, load } = await readMeta(from)
  const split = train.begunWith?.split === 'train+val' ? 'train+val' : config.train.split
  const begunWith = {
    sha256: createHash('sha256').update(readFileSync(from)).digest('hex'),
    images: train.images + (train.begunWith?.images ?? 0),
    dataset: dataName(config),
    split,
  }
  return { begunWith, meta: load(learner) }
}

/** `5,760,000 images of omniglot (vinyals, train+val)`. */
export function begunWithName({ images, dataset, split }: BegunWith): string {
  const [name, ...more] = [...dataset.split(', '), ...(split === 'train' ? [] : [split])]
  return `${count(images)} images of ${name}${more.length > 0 ? ` (${more.join(', ')})` : ''}`
}

function dataName({ dataset }: Config): string {
  return 'split' in dataset ? `${dataset.name}, ${dataset.split}` : dataset.name
}
