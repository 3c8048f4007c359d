import { join } from 'node:path'
import { disposeTask, isKshotError, useBackend } from '@kshot/core'
import { parseResult, type Result } from '@kshot/results'
import { resolveAuto } from '../backends/auto-backend'
import { backends } from '../backends/backends'
import { openExecutor } from '../backends/executors'
import { buildLearner } from '../catalogue/specs'
import type { Config } from '../configuration/schema'
import { type Data, openData } from '../data/data'
import { interrupted } from '../process/interrupt'
import { encodedData } from './encode'
import { writeMeta } from './meta-file'
import { type MetaTestJob, metaTest } from './meta-test'
import type { RunEvents } from './run-events'
import { configIn, contents, FILES, openFolder } from './run-folder'
import { textOf } from './run-row'
import { type Trained, type TrainingJob, trained } from './training'
import { checkIsConfig, checkSameConfig } from './training-file'
import { type WarmStarted, warmStart } from './warm-start'

export interface RunJob {
  readonly config: Config
  readonly folder: string
  readonly resume: boolean
  /** Where data sets lie. */
  readonly data: string | undefined
  /** A learner of a third party may be imported. */
  readonly allowModule?: boolean
  /** Where embeddings are kept; by default in the folder. */
  readonly embeddings?: string
  /** One thread an operation, where other processes have the other cores. */
  readonly oneThread?: boolean
  readonly signal: AbortSignal
  readonly on: RunEvents
}

/**
 * Meta-trains, meta-validates and meta-tests one learner, and writes everything into the folder.
 * Says nothing itself.
 */
export async function run(job: RunJob): Promise<Result> {
  const { folder } = job
  const startedAt = performance.now()
  const began = job.resume ? backendOf(folder) : undefined
  const { config, choice } = await resolveAuto(job.config, began)
  const earlier = job.resume ? finishedResult(folder, config) : undefined
  return earlier ?? runWhole({ ...job, config }, choice, startedAt)
}

async function runWhole(
  job: RunJob,
  choice: string | undefined,
  startedAt: number,
): Promise<Result> {
  const { config, folder, signal, on } = job
  const device = await useBackend(backends[config.backend]!(job.oneThread ? 1 : config.workers))
  const opened = await openData(config, job.data)
  const learner = await buildLearner(config, job.allowModule)
  const start = await warmStart(config, learner)
  await openFolder(folder, config, job.resume)
  const { executor, workers, dispose } = await openExecutor(config)
  let training: Trained | undefined
  try {
    const about = { config, folder, learner, data: opened, device, workers, choice }
    on.start?.({ ...about, warmStart: start?.from })
    const data = await encodedData(opened, {
      folder: job.embeddings ?? join(folder, FILES.embeddings),
      signal,
      on,
      goOn: `Go on with: npx kshot run --resume --out ${folder}`,
    })
    training = await trainedOn(data, { ...job, learner, executor, warmStart: start?.meta })
    const { meta, state } = training
    const train = trainCounts(training, start)
    const best = bestOf(training)
    const { seconds: _, ...counts } = train
    const checkpoint = join(folder, FILES.meta)
    await writeMeta(checkpoint, learner, meta, { config, train: counts, best })
    on.testStart?.(training)
    const test = { config, learner, meta, step: state.step, data, signal, executor, on }
    const onTested = on.tested
    const result = { device, train, best, checkpoint, workers, startedAt, folder, onTested }
    return await testedOrStopped({ test, ...result })
  } finally {
    disposeTask([start?.meta, training?.meta, training?.state])
    await dispose()
  }
}

function trainedOn(
  data: Data,
  job: RunJob & Pick<TrainingJob, 'learner' | 'executor' | 'warmStart'>,
): Promise<Trained> {
  const { config, learner, on } = job
  return trained({
    ...job,
    tasks: data.train(config.train.steps === 0 ? 'nothing' : learner.trainsOn),
    validation: data.validation,
    ...(on.step && { onStep: on.step }),
    note: on.note,
  })
}

/** The backend of a run that is gone on with. */
function backendOf(folder: string): Config['backend'] | undefined {
  return contents(folder).config ? configIn(folder).backend : undefined
}

/** The result of a run that is resumed though it is done. */
function finishedResult(folder: string, config: Config): Result | undefined {
  if (!contents(folder).result) return undefined
  const path = join(folder, FILES.result)
  const result = parseResult(textOf(folder, FILES.result), path)
  const { config: earlier } = result
  checkIsConfig(earlier, path)
  checkSameConfig(earlier, config)
  const moreTime = earlier.train.maxSeconds !== config.train.maxSeconds
  return result.train.stoppedBy === 'seconds' && moreTime ? undefined : result
}

async function testedOrStopped(job: MetaTestJob): Promise<Result> {
  try {
    return (await metaTest(job)).result
  } catch (error) {
    if (!isKshotError(error, 'run/interrupted')) throw error
    throw interrupted(
      'a signal; training is done and written',
      `Test it with: npx kshot run --resume --out ${job.folder}`,
    )
  }
}

function trainCounts(
  { state, seconds, secondsKnown, stoppedBy }: Trained,
  start: WarmStarted | undefined,
): Result['train'] {
  const { step, tasks, examples } = state
  const counts = {
    steps: step,
    episodes: tasks,
    images: examples,
    seconds: secondsKnown ? seconds : null,
    stoppedBy,
  }
  return { ...counts, ...(start && { begunWith: start.from }) }
}

function bestOf({ state: { best } }: Trained): Result['best'] {
  return best ? { step: best.step, score: best.score } : null
}
