import {
  applyUpdates,
  disposeTask,
  type Executor,
  type Meta,
  type Optimizer,
  type Params,
  type Rng,
  rng,
  sequential,
  tree,
} from '@kshot/core'
import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core'
import { type AdvantageOptions, advantages } from './advantages'
import type { Environment } from './environment'
import type { Policy } from './policy'
import type { PolicyMaml, PolicyTask, Steps } from './policy-maml'
import { type EpisodeOf, meanReturn, rollouts } from './rollouts'

export interface TrainPolicyOptions<Task> extends AdvantageOptions {
  readonly environment: Environment<Task>
  readonly learner: PolicyMaml
  readonly optimizer: Optimizer
  readonly iterations: number
  /** Tasks an iteration. Default 20. */
  readonly tasks?: number
  /** Episodes a task, before and after adapting. Default 20. */
  readonly episodes?: number
  /** Optimizer steps on the episodes of one iteration. Default 3. */
  readonly epochs?: number
  readonly seed?: number
  readonly executor?: Executor
  /** After each iteration: the mean return before and after adapting. */
  readonly onIteration?: (report: {
    readonly iteration: number
    readonly before: number
    readonly after: number
  }) => void
}

/**
 * Meta-trains a policy: in each iteration, episodes of some tasks, an inner step for each, episodes of the
 * adapted policies, and a few optimizer steps through the inner steps. The same seed gives the same policy.
 */
export async function trainPolicy<Task>(options: TrainPolicyOptions<Task>): Promise<Meta> {
  const { environment, learner, optimizer, iterations, seed = 0, executor = sequential() } = options
  const { tasks: count = 20, epochs = 3, onIteration } = options
  const random = rng(seed).split('policy')
  let meta = learner.init(random.split('init'), { inputShape: [environment.observations] })
  let state = optimizer.init(meta.params)
  let step = 0
  for (let iteration = 0; iteration < iterations; iteration++) {
    const own = random.split(iteration)
    const drawn = Array.from({ length: count }, (_, i) => drawTask(options, meta, own.split(i)))
    for (let epoch = 0; epoch < epochs; epoch++) {
      const ctx = { step, rng: own.split('epoch'), phase: 'train' as const }
      const tasks = drawn.map(({ task }) => task)
      const result = await executor.metaGradient(learner, meta, tasks, ctx)
      const moved = optimizer.update(result.gradient, state, { step, params: meta.params })
      const params = applyUpdates(meta.params, moved.updates)
      tree.dispose([
        result.gradient,
        result.loss,
        result.metrics,
        result.state,
        moved.updates,
        meta.params,
        state,
      ] as unknown as Params)
      meta = { params, state: {} }
      state = moved.state
      step++
    }
    disposeTask(drawn.map(({ task }) => task))
    const mean = (key: 'before' | 'after') =>
      drawn.reduce((sum, one) => sum + one[key], 0) / drawn.length
    onIteration?.({ iteration, before: mean('before'), after: mean('after') })
  }
  tree.dispose(state)
  return meta
}

function drawTask<Task>(
  { environment, learner, episodes = 20, ...how }: TrainPolicyOptions<Task>,
  meta: Meta,
  rng: Rng,
): { readonly task: PolicyTask; readonly before: number; readonly after: number } {
  const { policy, adapt } = learner
  const world = environment.task(rng.split('task'))
  const first = rollouts(
    environment,
    world,
    policy.numbers(meta.params),
    episodes,
    rng.split('before'),
  )
  const before = stepsOf(policy, meta.params, first, how)
  const adapts = learner.spec.options.steps !== 0
  const adapted = adapts ? tree.tidy(() => adapt(meta.params, before)) : meta.params
  const then = rollouts(environment, world, policy.numbers(adapted), episodes, rng.split('after'))
  const after = stepsOf(policy, adapted, then, how)
  if (adapts) tree.dispose(adapted)
  return {
    task: { before, after },
    before: meanReturn(first),
    after: meanReturn(then),
  }
}

/**
 * The steps of all episodes, one after the other; the caller disposes of them.
 * @param params of the policy that took the actions
 */
export function stepsOf(
  policy: Policy,
  params: Params,
  episodes: readonly EpisodeOf[],
  how: AdvantageOptions = {},
): Steps {
  const n = episodes.reduce((sum, { rewards }) => sum + rewards.length, 0)
  const joined = (key: 'observations' | 'actions') => {
    const parts = episodes.map((episode) => episode[key])
    const width = parts[0]!.length / episodes[0]!.rewards.length
    const all = new Float32Array(n * width)
    let at = 0
    for (const part of parts) {
      all.set(part, at)
      at += part.length
    }
    return tensor2d(all, [n, width])
  }
  const [observations, actions] = [joined('observations'), joined('actions')]
  return {
    observations,
    actions,
    advantages: tensor1d(advantages(episodes, how)),
    logProb: tidy(() => policy.logProb(params, observations, actions)),
  }
}

/** How a policy does on a task after 0, 1, … inner steps, each on new episodes. */
export interface Adaptation {
  /** The mean return of each policy. */
  readonly returns: readonly number[]
  /** The last episodes of each, for pictures. */
  readonly episodes: readonly (readonly EpisodeOf[])[]
}

/**
 * Adapts to one task by REINFORCE: episodes, a step, new episodes, and so on.
 * @param steps how many; `returns` has one entry more
 */
export function adaptPolicy<Task>(
  environment: Environment<Task>,
  learner: PolicyMaml,
  params: Params,
  task: Task,
  options: AdvantageOptions & {
    readonly steps: number
    readonly episodes?: number
    readonly rng: Rng
  },
): Adaptation {
  const { steps, episodes = 20, rng, ...how } = options
  const found: EpisodeOf[][] = []
  tidy(() => {
    let current = params
    for (let step = 0; step <= steps; step++) {
      const own = rng.split(step)
      const list = rollouts(environment, task, learner.policy.numbers(current), episodes, own)
      found.push(list)
      // As the paper's evaluation: half the rate after the first step.
      const share = step === 0 ? 1 : 0.5
      if (step < steps)
        current = learner.adapt(current, stepsOf(learner.policy, current, list, how), share)
    }
  })
  return { returns: found.map(meanReturn), episodes: found }
}
