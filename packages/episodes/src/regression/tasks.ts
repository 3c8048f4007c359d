import { type Batch, type Episode, KshotError, type Rng, rng, type TaskSource } from '@kshot/core'
import { checkOptions } from '@kshot/core/options'
import { tensor2d } from '@tensorflow/tfjs-core'
import { pointsOf, type RegressionData, type RegressionTask } from './data'
import { regressionTasksOptions } from './options'

export interface RegressionTasksOptions {
  /** Support points. */
  readonly shots: number
  /** Query points. */
  readonly queries: number
  readonly seed: number | string
  /**
   * Which points are learned from: any (`random`), or the first of each task in its own order, as in
   * a series over time (`first`); queries are then later ones. Default `random`.
   */
  readonly support?: 'random' | 'first'
}

/**
 * Tasks of measured points: x `[n, inputs]`, y `[n, outputs]`. Each task of the data comes equally
 * often, once a round, if it has enough points.
 * @throws `episodes/bad-option`; `episodes/too-few-points` if no task has enough
 * @example regressionTasks(train, { shots: 5, queries: 5, seed: 1 })
 */
export function regressionTasks(data: RegressionData, options: RegressionTasksOptions): TaskSource {
  checkOptions('episodes/bad-option', 'regressionTasks', regressionTasksOptions, options)
  const { shots, queries, seed, support = 'random' } = options
  const { inputs, outputs } = data
  const fit = data.tasks.filter((task) => pointsOf(task, data) >= shots + queries)
  if (fit.length === 0) throw tooFewPoints(data, shots, queries)
  const stream = rng(seed).split('regression')
  const draw = (index: number): Episode => {
    const round = Math.floor(index / fit.length)
    const order = stream.split('round').split(round).permutation(fit.length)
    const task = fit[order[index % fit.length]!]!
    const own = stream.split(index)
    const chosen = points(pointsOf(task, data), { shots, queries, support }, own)
    const batch = (rows: readonly number[]): Batch => ({
      x: tensor2d(rowsOf(task.x, inputs, rows), [rows.length, inputs]),
      y: tensor2d(rowsOf(task.y, outputs, rows), [rows.length, outputs]),
    })
    return {
      support: batch(chosen.support),
      query: batch(chosen.query),
      classes: [task.id],
      id: { source: `regression ${task.id}`, index },
    }
  }
  return Object.assign(draw, {
    spec: {
      package: '@kshot/episodes',
      export: 'regressionTasks',
      options: { data: data.spec, shots, queries, seed, support },
    },
    taskSpec: { inputShape: [inputs], outputShape: [outputs] },
  })
}

/** Support is drawn before query, so that another number of queries leaves it as it is. */
function points(
  n: number,
  { shots, queries, support }: Required<Omit<RegressionTasksOptions, 'seed'>>,
  own: Rng,
) {
  if (support === 'random') {
    const order = own.split('points').sample(n, shots + queries)
    return { support: order.slice(0, shots), query: order.slice(shots) }
  }
  const later = own.split('points').sample(n - shots, queries)
  return {
    support: Array.from({ length: shots }, (_, i) => i),
    query: later.map((i) => shots + i),
  }
}

function rowsOf(values: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const chosen = new Float32Array(rows.length * width)
  rows.forEach((row, i) => {
    chosen.set(values.subarray(row * width, (row + 1) * width), i * width)
  })
  return chosen
}

function tooFewPoints(data: RegressionData, shots: number, queries: number): KshotError {
  const most = data.tasks.reduce((n, task: RegressionTask) => Math.max(n, pointsOf(task, data)), 0)
  return new KshotError('episodes/too-few-points', {
    got: `${data.tasks.length} tasks, the largest of ${most} points`,
    expected: `tasks of at least ${shots + queries} points: ${shots} shots and ${queries} queries`,
    remedy: 'Lower shots or queries, or give more points a task',
  })
}
