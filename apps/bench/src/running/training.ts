import { join } from 'node:path'
import {
  checkMeta,
  disposeTask,
  type Executor,
  fromSpec,
  KshotError,
  type Meta,
  type MetaLearner,
  type MetaTrainOptions,
  metaTrain,
  type Optimizer,
  type StepReport,
  type TaskSource,
  type TrainResult,
  type TrainState,
  tree,
} from '@kshot/core'
import { registry } from '../catalogue/registry'
import { toSpec } from '../catalogue/specs'
import type { Config } from '../configuration/schema'
import { breathe, interrupted } from '../process/interrupt'
import { type Log, openLog } from './log'
import { contents, FILES } from './run-folder'
import { readTraining, type Saved, writeTraining } from './training-file'

export interface TrainingJob {
  readonly config: Config
  readonly learner: MetaLearner
  readonly folder: string
  readonly tasks: TaskSource
  readonly validation: TaskSource | undefined
  /** Instead of drawn parameters, where nothing is resumed. */
  readonly warmStart: Meta | undefined
  readonly executor: Executor
  readonly signal: AbortSignal
  readonly onStep?: (report: StepReport, seconds: number) => void
  readonly note: ((text: string) => void) | undefined
}

export interface Trained extends TrainResult {
  /** The step that was resumed from. */
  readonly from: number
  /** Whether the log tells of all steps, and `seconds` is how long they took. */
  readonly secondsKnown: boolean
}

/**
 * Meta-trains from the start, or from the folder's checkpoint, to the end that the configuration
 * sets, with a checkpoint and a log along the way. The tensors of the result are the caller's.
 * @throws `run/interrupted` once the checkpoint is written
 */
export async function trained(job: TrainingJob): Promise<Trained> {
  const saved = await savedTraining(job)
  const log = await openLog(job.folder, saved?.state.step ?? 0)
  try {
    checkLog(job, log)
    if (saved && isFinished(saved, job.config)) return finished(job, saved, log)
    return await train(job, saved, log)
  } finally {
    await log.close()
  }
}

/**
 * A log that lost lines does not tell how long training took.
 * @throws `run/log-gap` where training is bounded by time
 */
function checkLog({ folder, config, note }: TrainingJob, { hasGap }: Log): void {
  if (!hasGap) return
  const path = join(folder, FILES.log)
  const got = `${path}, which lacks steps that the checkpoint has`
  if (config.train.maxSeconds === undefined) {
    note?.(`${got}: the training time is unknown and is left out of the result`)
    return
  }
  throw new KshotError('run/log-gap', {
    got,
    expected: 'a log of all steps: --max-seconds needs the time spent so far',
    remedy: 'Restore the log from a copy, or start again in another folder (--out)',
  })
}

async function train(job: TrainingJob, saved: Saved | undefined, log: Log): Promise<Trained> {
  const { signal } = job
  const started = performance.now()
  const seconds = () => log.seconds + (performance.now() - started) / 1000
  const write = writer(job, log)
  try {
    const result = await metaTrain({
      ...(await optionsOf(job, saved, log)),
      onStep(report) {
        log.append(logLine(report, seconds()))
        job.onStep?.(report, seconds())
      },
      checkpoint: { every: 1, write: write.onStep },
    })
    await write.now(result.state, result.stoppedBy)
    if (result.stoppedBy === 'interrupted') {
      disposeTask([result.meta, result.state])
      throw stopped(job)
    }
    const from = saved?.state.step ?? 0
    return { ...result, from, seconds: seconds(), secondsKnown: !log.hasGap }
  } catch (error) {
    // Validation was cut off: the step before it is where to go on.
    if (signal.aborted && error === signal.reason) {
      await write.kept()
      throw stopped(job)
    }
    throw error
  } finally {
    write.dispose()
  }
}

async function optionsOf(
  job: TrainingJob,
  saved: Saved | undefined,
  log: Log,
): Promise<MetaTrainOptions> {
  const { config, learner, signal, executor } = job
  const { optimizer, steps, metaBatch, maxSeconds } = config.train
  return {
    learner,
    optimizer: await fromSpec<Optimizer>(toSpec(optimizer), 'optimizer', registry),
    tasks: breathing(job.tasks),
    steps,
    metaBatch,
    seed: config.seed,
    signal,
    executor,
    ...(saved && { resume: saved.state }),
    ...(job.warmStart && { from: job.warmStart }),
    ...(maxSeconds !== undefined && { maxSeconds: maxSeconds - log.seconds }),
    ...validationOf(job),
  }
}

async function savedTraining({ folder, learner, config }: TrainingJob): Promise<Saved | undefined> {
  if (!contents(folder).checkpoint) return undefined
  return readTraining(join(folder, FILES.checkpoint), learner, config)
}

/** Whether training has come to its end; one that time has ended goes on when it is given more. */
export function isFinished({ stoppedBy, config: earlier }: Saved, config: Config): boolean {
  if (stoppedBy === 'seconds') return earlier.train.maxSeconds === config.train.maxSeconds
  return stoppedBy === 'steps' || stoppedBy === 'patience'
}

/** What a file holds of a training that has come to its end, checked as `metaTrain` checks what goes on. */
function finished(
  { learner, tasks }: TrainingJob,
  { state, stoppedBy }: Saved,
  { seconds, hasGap }: Log,
): Trained {
  const meta = state.best?.meta ?? state.meta
  try {
    checkMeta(learner, meta, tasks.taskSpec)
  } catch (error) {
    disposeTask(state)
    throw error
  }
  const secondsKnown = !hasGap
  return { meta, state, stoppedBy: stoppedBy!, seconds, secondsKnown, from: state.step }
}

function validationOf({ config, validation }: TrainingJob) {
  const { validate } = config
  if (!validate || !validation) return {}
  const { episodes, every, patience } = validate
  const tasks = breathing(validation)
  return { validate: { tasks, count: episodes, every, ...(patience && { patience }) } }
}

/**
 * Writes checkpoints, and keeps the state before each validation: a signal during validation cuts
 * it off, and the step before it is where a resumed run must go on to give the same bytes.
 */
function writer({ config, learner, folder }: TrainingJob, log: Log) {
  const path = join(folder, FILES.checkpoint)
  let kept: TrainState | undefined
  const drop = () => {
    if (kept) disposeTask(kept)
    kept = undefined
  }
  const now = (state: TrainState, stoppedBy?: Saved['stoppedBy']) => {
    const end = stoppedBy === 'interrupted' ? undefined : stoppedBy
    log.sync()
    return writeTraining(path, learner, { state, stoppedBy: end, config })
  }
  return {
    now,
    async onStep(state: TrainState) {
      drop()
      if (state.step % config.train.checkpointEvery === 0) await now(state)
      if (beforeValidation(state.step, config)) kept = copy(state)
    },
    kept: async () => kept && now(kept),
    dispose: drop,
  }
}

function beforeValidation(step: number, { validate, train }: Config): boolean {
  return validate !== null && ((step + 1) % validate.every === 0 || step + 1 === train.steps)
}

function copy(state: TrainState): TrainState {
  const { meta, optimizer, best } = state
  return {
    ...state,
    meta: tree.clone({ ...meta }),
    optimizer: tree.clone(optimizer),
    best: best && { ...best, meta: tree.clone({ ...best.meta }) },
  }
}

function logLine({ step, loss, metrics, validation }: StepReport, seconds: number) {
  return { step, loss, ...metrics, ...(validation && { validation: validation.mean }), seconds }
}

function stopped({ folder }: TrainingJob): KshotError {
  return interrupted(
    `a signal; ${join(folder, FILES.checkpoint)} is written`,
    `Continue with: npx kshot run --resume --out ${folder}`,
  )
}

/** The same tasks, with room for signals and timers before each. */
export function breathing(source: TaskSource): TaskSource {
  const tasks = async (index: number) => {
    await breathe()
    return source(index)
  }
  return Object.assign(tasks, { spec: source.spec, taskSpec: source.taskSpec })
}
