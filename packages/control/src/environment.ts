import type { Rng } from '@kshot/core'

/** What an action does: the next state, and the reward for it. */
export interface Transition {
  readonly state: readonly number[]
  readonly reward: number
  /** The episode ends here. */
  readonly done: boolean
}

/**
 * A world as pure functions: everything that differs between tasks is in `Task`, everything that changes
 * within an episode in the state, and chance in a generator.
 */
export interface Environment<Task> {
  readonly name: string
  /** Numbers of an observation, and of an action. */
  readonly observations: number
  readonly actions: number
  /** Steps of an episode at most. */
  readonly horizon: number
  /** A task from the distribution. */
  task(rng: Rng): Task
  /** The state that an episode starts from. */
  reset(task: Task, rng: Rng): readonly number[]
  /** What the policy sees of a state. */
  observe(task: Task, state: readonly number[]): readonly number[]
  step(task: Task, state: readonly number[], action: ArrayLike<number>, rng: Rng): Transition
}

export function clip(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value))
}
