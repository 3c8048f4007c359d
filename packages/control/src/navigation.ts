// Finn, Abbeel & Levine 2017, Model-Agnostic Meta-Learning, section 5.3, arXiv:1703.03400.
import { clip, type Environment } from './environment'

/** A goal in the plane. */
export interface Goal {
  readonly x: number
  readonly y: number
}

const LARGEST_STEP = 0.1
const NEAR = 0.01

/**
 * A point that moves to a goal it is not told: goals in [−0.5, 0.5]², steps clipped to ±0.1 in each direction,
 * reward −distance, at most 100 steps; an episode ends within 0.01 of the goal.
 */
export function navigation(): Environment<Goal> {
  return {
    name: '2-D navigation',
    observations: 2,
    actions: 2,
    horizon: 100,
    task: (rng) => ({ x: rng.uniform() - 0.5, y: rng.uniform() - 0.5 }),
    reset: () => [0, 0],
    observe: (_, state) => state,
    step(goal, [x, y], action) {
      const state = [x! + clip(action[0]!, LARGEST_STEP), y! + clip(action[1]!, LARGEST_STEP)]
      const [dx, dy] = [state[0]! - goal.x, state[1]! - goal.y]
      const done = Math.abs(dx) < NEAR && Math.abs(dy) < NEAR
      return { state, reward: -Math.hypot(dx, dy), done }
    },
  }
}

/** The return of going straight to the goal: no policy does better. */
export function straightReturn(goal: Goal): number {
  const { step, horizon } = navigation()
  let state: readonly number[] = [0, 0]
  let sum = 0
  for (let t = 0; t < horizon; t++) {
    const next = step(goal, state, [goal.x - state[0]!, goal.y - state[1]!], undefined as never)
    sum += next.reward
    if (next.done) break
    state = next.state
  }
  return sum
}
