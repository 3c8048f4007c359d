import { KshotError } from '../errors'
import type { AnyLearner, Trainable } from '../learner'
import { disposeTask } from '../task'
import * as tree from '../tree'
import { requireBackend } from '../use-backend'
import { type Evaluation, evaluate } from './evaluate'
import type {
  MetaTrainOptions,
  StopReason,
  TrainResult,
  TrainState,
  Validation,
} from './meta-train-options'
import { resumed, start } from './start'
import { trainStep } from './step'

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
