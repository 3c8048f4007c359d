import {
  type AnyLearner,
  type Context,
  contextWith,
  type Episode,
  type EpisodeScore,
  type Executor,
  type Meta,
  type MetaGradient,
  type Params,
  type TaskGroups,
  type Trainable,
  tree,
} from '@kshot/core'
import {
  executor,
  type Recorded,
  recordedFor,
  score,
  shapesOf,
  taskGradient,
  unrecorded,
} from '@kshot/core/training'
import { add, sum, type Tensor } from '@tensorflow/tfjs-core'
import { joinTasks, stackTasks } from './joined-task'
import { rngOfTasks } from './rng'
import { vmap } from './vmap'

export interface VectorisedOptions {
  /** Tasks at a time: memory grows with it, speed hardly above 8. A divisor or a multiple of 8. */
  readonly tasks?: number
  /** Whether the gradient of a group is recorded once and then run as a program. Default: true. */
  readonly program?: boolean
}

/**
 * The executor that runs tasks at once: each kernel once for a group of tasks, instead of once a
 * task. For any learner that computes with tensors only. Tasks of another shape run apart.
 *
 * Gradients equal those of `sequential()` but for rounding.
 * @throws what {@link vmap} throws
 * @example await metaTrain({ learner, tasks, metaBatch: 32, executor: vectorised(), … })
 */
export function vectorised({ tasks = 8, program = true }: VectorisedOptions = {}): Executor {
  const options = program ? { tasks } : { tasks, program }
  const spec = { package: '@kshot/vmap', export: 'vectorised', options }
  const recorded = (learner: object) => (program ? recordedFor(learner) : unrecorded)
  const groups: TaskGroups = {
    size: tasks,
    sum: (learner, ...all) => sumOf(recorded(learner), learner, ...all),
  }
  return {
    ...executor(spec, 'vectorised', groups),
    scores: (learner, ...all) => scoresOf(recorded(learner), tasks, learner, ...all),
  }
}

/** The sum over a group: over each set of tasks of one shape, then over the sets. */
function sumOf<Task>(
  recorded: Recorded,
  learner: Trainable<Task>,
  meta: Meta,
  tasks: readonly Task[],
  contexts: readonly Context[],
): MetaGradient {
  return tree.tidy(() =>
    alike(tasks, contexts)
      .map((set) =>
        recorded('gradients', { meta, tasks: set.tasks }, set.contexts, (own) =>
          sumOfAlike(learner, meta, { ...set, contexts: own }),
        ),
      )
      .reduce((a, b) => tree.zip(([x, y]) => add(x!, y!), a, b)),
  )
}

function sumOfAlike<Task>(learner: Trainable<Task>, meta: Meta, set: Alike<Task>): MetaGradient {
  const gradient = (task: Task, ctx: Context) => taskGradient(learner, meta, task, ctx)
  if (set.tasks.length === 1) return gradient(set.tasks[0]!, set.contexts[0]!)
  return tree.tidy(() => tree.map((x) => sum(x, 0), atOnce(set, gradient)))
}

/** The score of each episode, at most `most` at once. */
async function scoresOf(
  recorded: Recorded,
  most: number,
  learner: AnyLearner,
  meta: Meta,
  episodes: readonly Episode[],
  contexts: readonly Context[],
): Promise<EpisodeScore[]> {
  const scores: EpisodeScore[] = []
  for (const set of alike(episodes, contexts, most)) {
    const found = tree.tidy(() =>
      recorded('scores', { meta, tasks: set.tasks }, set.contexts, (own) =>
        atOnce({ ...set, contexts: own }, ({ support, query }, ctx) => {
          const adapted = learner.adapt(meta, support, ctx)
          return score(learner.predict(meta, adapted, query.x, ctx), query)
        }),
      ),
    )
    const values = await found.score.data()
    const labels = 'predicted' in found ? await found.predicted.data() : undefined
    tree.dispose(found)
    for (const [i, episode] of set.at.entries()) {
      scores[episode] = { score: values[i]!, ...(labels && { predicted: rowOf(labels, i, set) }) }
    }
  }
  return scores
}

/** The part of a set's numbers that belongs to task i. */
function rowOf(values: ArrayLike<number>, i: number, { at }: { at: readonly number[] }): number[] {
  const size = values.length / at.length
  return Array.from({ length: size }, (_, k) => values[i * size + k]!)
}

/** Tasks of one shape, and their places among all. */
interface Alike<Task> {
  readonly at: readonly number[]
  readonly tasks: readonly Task[]
  readonly contexts: readonly Context[]
}

function alike<Task>(
  tasks: readonly Task[],
  contexts: readonly Context[],
  most = tasks.length,
): Alike<Task>[] {
  const sets = new Map<string, number[][]>()
  tasks.forEach((task, i) => {
    const shape = shapesOf(task)
    const same = sets.get(shape) ?? []
    if (same.length === 0 || same.at(-1)!.length === most) same.push([])
    same.at(-1)!.push(i)
    sets.set(shape, same)
  })
  return [...sets.values()].flat().map((at) => ({
    at,
    tasks: at.map((i) => tasks[i]!),
    contexts: at.map((i) => contexts[i]!),
  }))
}

/** What `f` returns for each task of a set, `[tasks, ...shape]`. */
function atOnce<Task, Result extends Params>(
  { tasks, contexts }: Alike<Task>,
  f: (task: Task, ctx: Context) => Result,
): Result {
  return tree.tidy(() => {
    const ctx = contextWith(contexts[0]!, { rng: rngOfTasks(contexts.map(({ rng }) => rng)) })
    const mapped = vmap((tensors: readonly Tensor[]) => f(joinTasks(tasks, tensors), ctx))
    return mapped(stackTasks(tasks))
  })
}
