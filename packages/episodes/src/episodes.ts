import { canonicalJson, type Episode, type Spec, type TaskSource, type TaskSpec } from '@kshot/core'
import type { Dataset } from './dataset'
import { checkEpisodes, type EpisodeOptions, type EpisodePlan, planEpisode } from './plan'
import { renderBatch } from './render'

/** Episodes by number, and their plans. */
export interface EpisodeSource extends TaskSource {
  (index: number): Episode
  readonly dataset: Dataset
  /** Episode `index` as plain numbers, without tensors. */
  plan(index: number): EpisodePlan
}

/**
 * N-way K-shot episodes of a data set. Episode i is a function of the data set, the options and i:
 * the same in every process, in any order.
 * @throws `episodes/too-few-classes`, `episodes/class-too-small`, `episodes/bad-option`
 * @example
 * const tasks = episodes(data.train, { ways: 5, shots: 1, queries: 5, seed: 1 })
 * const { support, query } = tasks(0)
 */
export function episodes(dataset: Dataset, options: EpisodeOptions): EpisodeSource {
  checkEpisodes(dataset, options)
  const plan = (index: number) => planEpisode(dataset, options, index)
  const spec = sourceSpec(dataset, options)
  const source = canonicalJson(spec)
  const draw = (index: number): Episode => {
    const { ways, classes, support, query } = plan(index)
    return {
      support: renderBatch(dataset, support, ways),
      query: renderBatch(dataset, query, ways),
      classes: classes.map((c) => dataset.classes[c]!.id),
      id: { source, index },
    }
  }
  return Object.assign(draw, { spec, taskSpec: taskSpec(dataset, options), dataset, plan })
}

/** {@link episodes} with the data set as an option: what a spec calls. */
export function episodeSource({
  dataset,
  ...options
}: EpisodeOptions & { readonly dataset: Dataset }): EpisodeSource {
  return episodes(dataset, options)
}

function sourceSpec(dataset: Dataset, options: EpisodeOptions): Spec {
  const plain = JSON.parse(JSON.stringify(options)) as Spec['options']
  return {
    package: '@kshot/episodes',
    export: 'episodeSource',
    options: { ...plain, dataset: dataset.spec },
  }
}

function taskSpec({ shape }: Dataset, { ways }: EpisodeOptions): TaskSpec {
  return { inputShape: shape, ...(typeof ways === 'number' && { ways }) }
}
