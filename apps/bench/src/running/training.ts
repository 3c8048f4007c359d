import { join } from 'node:path'
import {
  disposeTask,
  type Executor,
  fromSpec,
  type KshotError,
  type Meta,
  type MetaLearner,
  metaTrain,
  type Optimizer,
  type StepReport,
  type TaskSource,
  type TrainResult,
  type TrainState,
  tree,
} from '@kshot/core'
import { registry } from '../catalogue/registry'
import { breathe, interrupted } from '../process/interrupt'
import type { Config } from '../schema'
import { toSpec } from '../specs'
import { contents, FILES, openLog } from './run-folder'
import { readTraining, type Saved, writeTraining } from './training-file'

export interface TrainingJob {
  readonly config: Config
  readonly learner: MetaLearner
  readonly folder: string
  readonly tasks: TaskSource
  readonly validation: TaskSource | undefined
  /** In the place of drawn parameters, where nothing is resumed. */
  readonly warmStart: Meta | undefined
  readonly executor: Executor
  readonly signal: AbortSignal
  readonly onStep?: (report: StepReport, seconds: number) => void
}

export interface Trained extends TrainResult {
  /** The step that was resumed from. */
  readonly from: number
}

/**
 * Meta-trains from the start, or from the folder's checkpoint, to the end that the configuration
 * sets, with a checkpoint and a log on the way. The tensors of the result are the caller's.
 * @throws `run/interrupted` once the checkpoint is written
 */
export async function trained(job: TrainingJob): Promise<Trained> {
  const { config, learner, folder, signal, executor } = job
  const saved = await savedTraining(job)
  const from = saved?.state.step ?? 0
  const log = await openLog(folder, from)
  if (saved && isFinished(saved, config)) return finished(saved, log.seconds)

  const started = performance.now()
  const seconds = () => log.seconds + (performance.now() - started) / 1000
  const write = writer(job)
  try {
    const { maxSeconds } = config.train
    const result = await metaTrain({
      learner,
      optimizer: await fromSpec<Optimizer>(toSpec(config.train.optimizer), 'optimizer', registry),
      tasks: breathing(job.tasks),
      steps: config.train.steps,
      metaBatch: config.train.metaBatch,
      seed: config.seed,
      signal,
      executor,
      ...(saved && { resume: saved.state }),
      ...(job.warmStart && { from: job.warmStart }),
      ...(maxSeconds !== undefined && { maxSeconds: maxSeconds - log.seconds }),
      ...validationOf(job),
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
    return { ...result, from, seconds: seconds() }
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

async function savedTraining({ folder, learner, config }: TrainingJob): Promise<Saved | undefined> {
  if (!contents(folder).checkpoint) return undefined
  return readTraining(join(folder, FILES.checkpoint), learner, config)
}

/** Whether training has come to its end; one that time has ended goes on when it is given more. */
export function isFinished({ stoppedBy, config: begun }: Saved, config: Config): boolean {
  if (stoppedBy === 'seconds') return begun.train.maxSeconds === config.train.maxSeconds
  return stoppedBy === 'steps' || stoppedBy === 'patience'
}

function finished({ state, stoppedBy }: Saved, seconds: number): Trained {
  const meta = state.best?.meta ?? state.meta
  return { meta, state, stoppedBy: stoppedBy!, seconds, from: state.step }
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
function writer({ config, learner, folder }: TrainingJob) {
  const path = join(folder, FILES.checkpoint)
  let kept: TrainState | undefined
  const drop = () => {
    if (kept) disposeTask(kept)
    kept = undefined
  }
  const now = (state: TrainState, stoppedBy?: Saved['stoppedBy']) => {
    const end = stoppedBy === 'interrupted' ? undefined : stoppedBy
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
    `Go on with: npx kshot run --resume --out ${folder}`,
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
