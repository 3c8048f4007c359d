import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Meta, MetaLearner } from '@kshot/core'
import type { WarmStart } from '@kshot/results'
import type { Config } from '../schema'
import { readMeta } from './meta-file'

export interface Beginning {
  readonly begunWith: WarmStart
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

function dataName({ dataset }: Config): string {
  return 'split' in dataset ? `${dataset.name}, ${dataset.split}` : dataset.name
}
