import type { Meta, MetaLearner } from '@kshot/core'
import type { WarmStart } from '@kshot/results'
import type { Config } from '../configuration/schema'
import { readMeta } from './meta-file'

/** A checkpoint instead of drawn parameters. */
export interface WarmStarted {
  readonly from: WarmStart
  /** The caller's to dispose of. */
  readonly meta: Meta
}

/**
 * What `train.from` names; nothing, where it names nothing.
 * @throws `checkpoint/not-found`, `checkpoint/other-model`, and what else reading a checkpoint throws
 */
export async function warmStart(
  { train: { from: path } }: Config,
  learner: MetaLearner,
): Promise<WarmStarted | undefined> {
  if (path === undefined) return undefined
  const { config, train, sha256, load } = await readMeta(path)
  const split = train.begunWith?.split === 'train+val' ? 'train+val' : config.train.split
  const from = {
    sha256,
    images: train.images + (train.begunWith?.images ?? 0),
    dataset: dataName(config),
    split,
  }
  return { from, meta: load(learner) }
}

function dataName({ dataset }: Config): string {
  return 'split' in dataset ? `${dataset.name}, ${dataset.split}` : dataset.name
}
