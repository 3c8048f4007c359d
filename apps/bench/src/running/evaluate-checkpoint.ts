import {
  canonicalJson,
  checkMeta,
  disposeTask,
  fromSpec,
  type MetaLearner,
  type TaskSource,
  useBackend,
} from '@kshot/core'
import { type AccuracyScore, largest, type Result } from '@kshot/results'
import { resolveAuto } from '../backends/auto-backend'
import { backends } from '../backends/backends'
import { openExecutor } from '../backends/executors'
import { registry } from '../catalogue/registry'
import { buildLearner } from '../catalogue/specs'
import { type Overrides, overridden, parseConfig } from '../configuration/config'
import type { Config } from '../configuration/schema'
import { type Data, openData } from '../data/data'
import { lakeReport } from '../lake/report'
import { checkLake, type LAKE, lakeConfig, openLake } from '../lake/setting'
import { encodedData } from './encode'
import { readMeta, type SavedNotes } from './meta-file'
import { metaTest } from './meta-test'
import type { RunEvents } from './run-events'

export interface EvaluateJob {
  /** A `meta.safetensors`, as `kshot run` writes it. */
  readonly checkpoint: string
  readonly overrides: Overrides
  /** Other test episodes than those of its own configuration. */
  readonly test?: Config['test']
  /** Where what it finds is written, as a run writes it; nothing is, where there is none. */
  readonly folder?: string
  /** Where embeddings are kept beside the user's cache, if anywhere. */
  readonly embeddings?: string
  /** One thread an operation, where other processes have the other cores. */
  readonly oneThread?: boolean
  readonly data: string | undefined
  /** A learner of a third party may be imported. */
  readonly allowModule?: boolean
  /** Lake's one-shot task, instead of the configuration's own test. */
  readonly setting?: typeof LAKE | undefined
  readonly signal: AbortSignal
  readonly on: RunEvents
}

/** Meta-tests a checkpoint on the test episodes of its own configuration, or of another. */
export async function evaluateCheckpoint(job: EvaluateJob): Promise<Result> {
  const startedAt = performance.now()
  const saved = await readMeta(job.checkpoint)
  const lake = job.setting !== undefined
  const { config, choice } = await resolveAuto(configOf(job, saved))
  if (lake) checkLake(config)
  const threads = job.oneThread ? 1 : config.workers
  const device = await useBackend(backends[config.backend]!(threads))
  const opened: Data & { official?: boolean } = await (lake ? openLake : openData)(config, job.data)
  const learner = await learnerOf(saved, config, job.allowModule)
  const meta = saved.load(learner)
  const { executor, workers, dispose } = await openExecutor(config)
  try {
    const { checkpoint, signal, on } = job
    on.start?.({ config, folder: checkpoint, learner, data: opened, device, workers, choice })
    const data = await encodedData(opened, {
      folder: job.embeddings,
      signal,
      on,
      goOn: 'Start again: it goes on from there',
    })
    checkMeta(learner, meta, learntFrom(config, learner, data).taskSpec)
    const { result, scores } = await metaTest({
      test: { config, learner, meta, step: saved.train.steps, data, signal, executor, on },
      device,
      train: { ...saved.train, seconds: null },
      best: saved.best,
      checkpoint,
      workers,
      startedAt,
      folder: job.folder,
      onTested: on.tested,
    })
    if (opened.official === undefined) return result
    const test = result.test as AccuracyScore
    return {
      ...result,
      lake: lakeReport(test, scores, largest(config.test.ways!), opened.official),
    }
  } finally {
    disposeTask(meta)
    await dispose()
  }
}

/** The configuration of the checkpoint, with the test that is asked for. */
/** The tasks whose classes the meta-parameters know: an output each, where a learner trains on batches. */
function learntFrom({ train }: Config, { trainsOn }: MetaLearner, data: Data): TaskSource {
  return trainsOn === 'batches' && train.steps > 0 ? data.train(trainsOn) : data.test
}

function configOf({ setting, test, overrides }: EvaluateJob, { config }: SavedNotes): Config {
  const own = setting === undefined ? config : lakeConfig(config)
  return parseConfig(overridden(test ? { ...own, test } : own, overrides))
}

/** The learner as it was trained, whatever the defaults of its options are by now; or as it is changed. */
function learnerOf(saved: SavedNotes, config: Config, allowModule?: boolean): Promise<MetaLearner> {
  const { learner } = config
  const same = canonicalJson(learner) === canonicalJson(saved.config.learner)
  if (!same || learner.name === 'module') return buildLearner(config, allowModule)
  return fromSpec<MetaLearner>(saved.learner, 'learner', registry)
}
