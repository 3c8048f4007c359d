import type { Rng } from '@kshot/core'
import type { Environment } from './environment'
import type { NumberPolicy } from './policy'

/** One episode: what was seen, done and got in each step. */
export interface EpisodeOf {
  /** `[steps, observations]`, row after row. */
  readonly observations: Float32Array
  /** `[steps, actions]` */
  readonly actions: Float32Array
  readonly rewards: Float32Array
  /** States, the first included, for pictures. */
  readonly states: readonly (readonly number[])[]
}

/** Episodes of one task, each with a generator of its own: the same seed gives the same episodes. */
export function rollouts<Task>(
  environment: Environment<Task>,
  task: Task,
  policy: NumberPolicy,
  count: number,
  rng: Rng,
): EpisodeOf[] {
  return Array.from({ length: count }, (_, i) => rollout(environment, task, policy, rng.split(i)))
}

function rollout<Task>(
  environment: Environment<Task>,
  task: Task,
  { mean, std }: NumberPolicy,
  rng: Rng,
): EpisodeOf {
  const { horizon, observe, step } = environment
  const [observations, actions, rewards]: [number[], number[], number[]] = [[], [], []]
  let state = environment.reset(task, rng)
  const states = [state]
  for (let t = 0; t < horizon; t++) {
    const seen = observe(task, state)
    const action = mean(seen).map((v, k) => v + std[k]! * rng.normal())
    const next = step(task, state, action, rng)
    observations.push(...seen)
    actions.push(...action)
    rewards.push(next.reward)
    state = next.state
    states.push(state)
    if (next.done) break
  }
  return {
    observations: Float32Array.from(observations),
    actions: Float32Array.from(actions),
    rewards: Float32Array.from(rewards),
    states,
  }
}

/** The mean over episodes of the sum of rewards. */
export function meanReturn(episodes: readonly EpisodeOf[]): number {
  const sums = episodes.map(({ rewards }) => rewards.reduce((sum, r) => sum + r, 0))
  return sums.reduce((sum, r) => sum + r, 0) / sums.length
}
