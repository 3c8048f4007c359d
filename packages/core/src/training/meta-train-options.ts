import type { Executor, Meta, Trainable } from '../learner'
import type { Optimizer } from '../optim'
import type { Episode, TaskSource, TaskSpec } from '../task'
import type * as tree from '../tree'
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
