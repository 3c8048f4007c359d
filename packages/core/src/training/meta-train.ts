import { add, scalar, sum, type Tensor, tidy } from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'
import type { AnyLearner, Executor, Meta, MetaGradient, Trainable } from '../learner'
import { checkShapes } from '../meta-shapes'
import { applyUpdates, type Optimizer } from '../optim'
import { rng } from '../random'
import { countExamples, disposeTask, type Episode, type TaskSource, type TaskSpec } from '../task'
import * as tree from '../tree'
import { requireBackend } from '../use-backend'
import { type Evaluation, evaluate } from './evaluate'
import { sequential } from './sequential'
import type { Estimate } from './statistics'

/** Everything that training carries from step to step; with it, a run resumes as if it had never stopped. */
export interface TrainState {
  /** Steps done. */
  readonly step: number
  readonly meta: Meta
  readonly optimizer: tree.Params
  readonly best: Best | undefined
  /** Tasks and examples seen in training. */
  readonly tasks: number
  readonly examples: number
}

/** The best meta-parameters on the validation tasks so far. */
export interface Best {
  readonly step: number
  readonly score: number
  readonly meta: Meta
}

export interface Validation {
  readonly tasks: (index: number) => Episode | Promise<Episode>
  /** Tasks number 0 … count - 1, the same each time. */
  readonly count: number
  /** Meta-steps between two validations. */
  readonly every: number
  /** Stop after this many validations without a better score. */
  readonly patience?: number
}

/** What happened in one step, for progress bars and logs. */
export interface StepReport {
  readonly step: number
  readonly loss: number
  readonly metrics: { readonly [name: string]: number }
  readonly validation?: Estimate
}

export interface MetaTrainOptions<Task = Episode> {
  readonly learner: Trainable<Task>
  readonly optimizer: Optimizer
  readonly tasks: TaskSource<Task> | ((index: number) => Task | Promise<Task>)
  /** Total meta-steps, including those before a resume. */
  readonly steps: number
  /** Tasks per meta-step. */
  readonly metaBatch?: number
  readonly seed?: number | string
  readonly executor?: Executor
  readonly validate?: Validation
  /** Needed if `tasks` has no `taskSpec`. */
  readonly taskSpec?: TaskSpec
  /** Starts from these instead of initial ones: a pre-trained model. The caller keeps them. */
  readonly from?: Meta | undefined
  /** Resumes from here. The state is taken over: do not use it again. */
  readonly resume?: TrainState
  readonly onStep?: (report: StepReport) => void | Promise<void>
  /** Receives the state every so many steps; it may write it, but not keep it. */
  readonly checkpoint?: { every: number; write: (state: TrainState) => void | Promise<void> }
  /** Ends training after the step. During a validation, its reason is thrown, since that step is not done. */
  readonly signal?: AbortSignal
  readonly maxSeconds?: number
  /** Milliseconds on any clock. */
  readonly now?: () => number
}

export type StopReason = 'steps' | 'seconds' | 'patience' | 'interrupted'

export interface TrainResult {
  /** The best on validation, or the last if there is no validation. */
  readonly meta: Meta
  /** The training state at the end. The caller owns its tensors and those of `meta`. */
  readonly state: TrainState
  readonly stoppedBy: StopReason
  readonly seconds: number
}

/**
 * Meta-trains a learner: θ ← θ + optimizer(mean over the meta-batch of ∇ loss(θ, task)).
 *
 * Task number `step * metaBatch + i` is drawn for each step, so a resumed run sees the same tasks.
 * A learner that trains on `nothing` takes no step.
 * @throws `core/loss-not-finite`, `core/gradient-not-finite` naming the step; `core/task-spec-missing`;
 * `core/other-parameters` where `from` or `resume` does not fit; `core/cannot-validate` where the learner
 * adapts to no episode
 * @example
 * const { meta } = await metaTrain({ learner, optimizer: adam(1e-3), tasks, steps: 2000 })
 */
export async function metaTrain<Task>(options: MetaTrainOptions<Task>): Promise<TrainResult> {
  requireBackend()
  const { learner, validate, checkpoint, signal, now = () => performance.now() } = options
  const steps = learner.trainsOn === 'nothing' ? 0 : options.steps
  const started = now()
  const seconds = () => (now() - started) / 1000
  const { resume } = options
  let state = resume ? resumed(options, resume) : start(options)
  let stoppedBy: StopReason | undefined = state.step >= steps ? 'steps' : undefined
  try {
    while (!stoppedBy) {
      const { next, report } = await trainStep(options, state)
      state = next
      stoppedBy = reasonToStop()
      // A run that ends between two validations ends with one: its last parameters are candidates. A
      // signal skips none that is due, or a resumed run would be without it: evaluate throws its reason.
      const ends = stoppedBy !== undefined && stoppedBy !== 'interrupted'
      const due = validate && (ends || state.step % validate.every === 0)
      const checked = due ? await validated(options, validate, state) : undefined
      if (checked) {
        state = checked.state
        if (outOfPatience(validate!, state)) stoppedBy ??= 'patience'
      }
      await options.onStep?.({ ...report, ...(checked && { validation: checked.validation }) })
      if (checkpoint && state.step % checkpoint.every === 0) await checkpoint.write(state)
    }
  } catch (error) {
    disposeTask(state)
    throw error
  }
  return { meta: state.best?.meta ?? state.meta, state, stoppedBy, seconds: seconds() }

  function reasonToStop(): StopReason | undefined {
    if (state.step >= steps) return 'steps'
    if (signal?.aborted) return 'interrupted'
    return seconds() >= (options.maxSeconds ?? Number.POSITIVE_INFINITY) ? 'seconds' : undefined
  }
}

function start<Task>(options: MetaTrainOptions<Task>): TrainState {
  const { learner, optimizer, from, seed = 0 } = options
  const spec = specOf(options)
  if (!spec) {
    throw new KshotError('core/task-spec-missing', {
      got: 'a plain function as the task source, without a taskSpec',
      expected: 'the shape of an example, to initialise the parameters',
      remedy: 'Pass taskSpec: { inputShape: [...] }',
    })
  }
  const initial = learner.init(rng(seed).split('init'), spec)
  const meta = from ? copyOf(from, initial) : initial
  const state = optimizer.init(meta.params)
  return { step: 0, meta, optimizer: state, best: undefined, tasks: 0, examples: 0 }
}

function specOf<Task>({ taskSpec, tasks }: MetaTrainOptions<Task>): TaskSpec | undefined {
  return taskSpec ?? ('taskSpec' in tasks ? tasks.taskSpec : undefined)
}

/** A copy of given meta-parameters, checked against those that they replace. */
function copyOf(from: Meta, initial: Meta): Meta {
  try {
    checkShapes({ ...from }, { ...initial })
  } finally {
    disposeTask(initial)
  }
  return tree.clone({ ...from })
}

/** A state that came from a file, checked against that of a run which begins, where one could. */
function resumed<Task>(options: MetaTrainOptions<Task>, state: TrainState): TrainState {
  if (!specOf(options)) return state
  const fresh = start({ ...options, from: undefined })
  try {
    const { meta, optimizer, best } = state
    checkShapes({ ...meta, optimizer }, { ...fresh.meta, optimizer: fresh.optimizer })
    if (best) checkShapes({ ...best.meta }, { ...fresh.meta })
    return state
  } catch (error) {
    disposeTask(state)
    throw error
  } finally {
    disposeTask(fresh)
  }
}

async function trainStep<Task>(options: MetaTrainOptions<Task>, state: TrainState) {
  const { learner, optimizer, metaBatch = 1, executor = sequential(), seed = 0 } = options
  const { step, meta } = state
  const tasks: Task[] = []
  try {
    for (let i = 0; i < metaBatch; i++) tasks.push(await options.tasks(step * metaBatch + i))
    const ctx = { step, phase: 'train' as const, rng: rng(seed).split('train').split(step) }
    const result = await executor.metaGradient(learner, meta, tasks, ctx)
    const loss = await finite(result, step)
    const metrics = await numbers(result.metrics)
    const moved = optimizer.update(result.gradient, state.optimizer, { step, params: meta.params })
    const params = applyUpdates(meta.params, moved.updates)
    tree.dispose([result.gradient, result.loss, result.metrics, moved.updates])
    const next: TrainState = {
      ...state,
      step: step + 1,
      meta: { params, state: result.state },
      optimizer: moved.state,
      tasks: state.tasks + metaBatch,
      examples: state.examples + countExamples(tasks),
    }
    // The best meta-parameters are copies, so the old ones are free to go.
    tree.dispose([meta.params, meta.state, state.optimizer])
    return { next, report: { step: step + 1, loss, metrics } }
  } finally {
    disposeTask(tasks)
  }
}

/** The loss of a step, once it and its gradient are seen to be numbers. */
async function finite(result: MetaGradient, step: number): Promise<number> {
  const sums = total(result.gradient)
  const [loss, sum] = await Promise.all([readNumber(result.loss), readNumber(sums)])
  sums.dispose()
  if (Number.isFinite(loss) && Number.isFinite(sum)) return loss
  tree.dispose(result)
  // A net can hide a NaN: on wasm the larger of NaN and 0 is 0, so ReLU swallows it.
  const what = Number.isFinite(loss) ? 'gradient' : 'loss'
  throw new KshotError(`core/${what}-not-finite`, {
    got: `a ${what} of ${Number.isFinite(loss) ? sum : loss} in meta-step ${step}`,
    expected: `a finite ${what}`,
    remedy: 'Lower the learning rate, clip the gradients, or look for NaN in the data',
  })
}

/** The sum of all entries: not finite if one of them is not. */
function total(gradient: tree.Params): Tensor {
  return tidy(() => tree.leaves(gradient).reduce((all, g) => add(all, sum(g)), scalar(0) as Tensor))
}

async function readNumber(value: Tensor): Promise<number> {
  return (await value.data())[0]!
}

async function numbers(metrics: MetaGradient['metrics']): Promise<Record<string, number>> {
  const entries = Object.entries(metrics).map(
    async ([name, value]) => [name, await readNumber(value)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

async function validated<Task>(
  { learner, seed = 0, signal, executor }: MetaTrainOptions<Task>,
  { tasks, count }: Validation,
  state: TrainState,
): Promise<{ state: TrainState; validation: Evaluation }> {
  const validation = await evaluate({
    // Validation tasks are episodes, whatever the learner is trained on.
    learner: fewShot(learner),
    meta: state.meta,
    tasks,
    count,
    phase: 'validate',
    step: state.step,
    seed,
    ...(signal && { signal }),
    ...(executor && { executor }),
  })
  const score = validation.metric === 'mse' ? -validation.mean : validation.mean
  if (state.best && score <= state.best.score) return { state, validation }
  if (state.best) disposeTask(state.best)
  const best = { step: state.step, score, meta: tree.clone({ ...state.meta }) }
  return { state: { ...state, best }, validation }
}

function fewShot<Task>(learner: Trainable<Task>): AnyLearner {
  if ('adapt' in learner && 'predict' in learner) return learner as AnyLearner
  throw new KshotError('core/cannot-validate', {
    got: `validation episodes for ${learner.spec.export}, which adapts to none`,
    expected: 'a few-shot learner, with adapt and predict',
    remedy: 'Leave validate out, and judge checkpoints by a measure of your own',
  })
}

function outOfPatience({ every, patience }: Validation, { step, best }: TrainState): boolean {
  return patience !== undefined && best !== undefined && step - best.step >= patience * every
}
