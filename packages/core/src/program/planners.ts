import { type Planner, replayed } from './replay'

const planners = new Map<string, Planner>()

/** Plans of a backend of one's own, for example in its own memory; without one, {@link replayed}. */
export function registerPlanner(backendName: string, planner: Planner): void {
  planners.set(backendName, planner)
}

export function plannerFor(backendName: string): Planner {
  return planners.get(backendName) ?? replayed
}
