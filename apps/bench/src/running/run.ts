import { join } from 'node:path'
import {
  type DeviceInfo,
  disposeTask,
  isKshotError,
  type MetaLearner,
  type StepReport,
  useBackend,
} from '@kshot/core'
import type { Result, WarmStart } from '@kshot/results'
import { named } from '../backends/auto-backend'
import { backends } from '../backends/backends'
import { openExecutor } from '../backends/executors'
import { type Data, openData } from '../data'
import { interrupted } from '../process/interrupt'
import type { Config } from '../schema'
import { buildLearner } from '../specs'
import { confusionOf } from './confusion'
import { writeMeta } from './meta-file'
import { baselineRow, type Tested, type TestJob, tested, writeTested } from './meta-test'
import { resultOf } from './result'
import { contents, FILES, openFolder, readJson } from './run-folder'
import { type Trained, trained } from './training'
import { checkSameConfig } from './training-file'
import { beginningOf } from './warm-start'

export interface RunJob {
  readonly config: Config
  readonly folder: string
  readonly resume: boolean
  /** Where data sets lie. */
  readonly data: string | undefined
  /** A learner of a third party may be imported. */
  readonly allowModule?: boolean
  /** One thread an operation, where other processes have the other cores. */
  readonly oneThread?: boolean
  readonly signal: AbortSignal
  readonly on: RunEvents
}

/** What a person may want to see while a run goes on. */
export interface RunEvents {
  start?(about: About): void
  step?(report: StepReport, seconds: number): void
  testStart?(trained: Trained): void
  /** A regression is tested after several numbers of inner steps. */
  testEpisode?(done: number, score: number, adaptationSteps: number | undefined): void
  /** What was learned, before the result is written. */
  tested?(job: TestJob): void | Promise<void>
  /** A regression's baseline is trained after the test. */
  baselineStep?(step: number, of: number): void
}

/** What is run, on what. */
export interface About {
  readonly config: Config
  readonly folder: string
  readonly learner: MetaLearner
  readonly data: Data
  readonly device: DeviceInfo
  /** Threads that tasks are spread over. */
  readonly workers: number
  /** Which backend `auto` stands for, and why. */
  readonly choice: string | undefined
  readonly begunWith?: WarmStart | undefined
}

/**
 * Meta-trains, meta-validates and meta-tests one learner, and writes everything into the folder.
 * Says nothing itself.
 */
export async function run(job: RunJob): Promise<Result> {
  const { folder, signal, on } = job
  const started = performance.now()
  const { config, choice } = await named(job.config, job.resume ? begunWith(folder) : undefined)
  const earlier = job.resume ? finishedResult(folder, config) : undefined
  if (earlier) return earlier
  const threads = job.oneThread ? 1 : config.workers
  const device = await useBackend(backends[config.backend]!(threads))
  const data = await openData(config, job.data)
  const learner = await buildLearner(config, job.allowModule)
  const beginning = await beginningOf(config, learner)
  await openFolder(folder, config, job.resume)
  const { executor, workers, dispose } = await openExecutor(config)
  let training: Trained | undefined
  try {
    const begunWith = beginning?.begunWith
    on.start?.({ config, folder, learner, data, device, workers, choice, begunWith })
    training = await trained({
      config,
      learner,
      folder,
      signal,
      tasks: data.train(learner.trainsOn),
      validation: data.validation,
      beginning: beginning?.meta,
      executor,
      ...(on.step && { onStep: on.step }),
    })
    const train = trainCounts(training, beginning?.begunWith)
    const { seconds: _, ...counts } = train
    const notes = { config, train: counts, best: bestOf(training) }
    await writeMeta(join(folder, FILES.meta), learner, training.meta, notes)
    on.testStart?.(training)
    const { meta, state } = training
    const testJob = { config, learner, meta, step: state.step, data, signal, executor, on }
    const tests = await testedOrStopped(job, testJob)
    const result = resultOf({
      config,
      learner,
      device,
      train,
      test: tests.test,
      params: training.meta.params,
      baselines: [baselineRow(tests)],
      episodeSet: await data.episodeSet(),
      splitGiven: data.splitGiven,
      confusion: confusionOf(data.test, tests.test[0]!.evaluation.predicted),
      best: notes.best,
      checkpoint: join(folder, FILES.meta),
      workers,
      seconds: { total: (performance.now() - started) / 1000, test: tests.seconds },
    })
    await on.tested?.(testJob)
    await writeTested(folder, tests, result)
    return result
  } finally {
    disposeTask([beginning?.meta, training?.meta, training?.state])
    await dispose()
  }
}

/** The backend of a run that is gone on with. */
function begunWith(folder: string): Config['backend'] | undefined {
  if (!contents(folder).config) return undefined
  return (readJson(join(folder, FILES.config)) as Config).backend
}

/** The result of a run that is resumed though it is done. */
function finishedResult(folder: string, config: Config): Result | undefined {
  if (!contents(folder).result) return undefined
  const result = readJson(join(folder, FILES.result)) as Result
  const begun = result.config as Config
  checkSameConfig(begun, config)
  const moreTime = begun.train.maxSeconds !== config.train.maxSeconds
  return result.train.stoppedBy === 'seconds' && moreTime ? undefined : result
}

async function testedOrStopped({ folder }: RunJob, job: TestJob): Promise<Tested> {
  try {
    return await tested(job)
  } catch (error) {
    if (!isKshotError(error, 'run/interrupted')) throw error
    throw interrupted(
      'a signal; training is done and written',
      `Test it with: npx kshot run --resume --out ${folder}`,
    )
  }
}

function trainCounts(
  { state, seconds, stoppedBy }: Trained,
  begunWith: WarmStart | undefined,
): Result['train'] {
  const { step, tasks, examples } = state
  const counts = { steps: step, episodes: tasks, images: examples, seconds, stoppedBy }
  return { ...counts, ...(begunWith && { begunWith }) }
}

function bestOf({ state: { best } }: Trained): Result['best'] {
  return best ? { step: best.step, score: best.score } : null
}
