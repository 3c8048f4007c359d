import { join } from 'node:path'
import {
  disposeTask,
  type Evaluation,
  type Executor,
  evaluate,
  fromSpec,
  type Meta,
  type MetaLearner,
  type TaskSource,
} from '@kshot/core'
import { writeFileAtomic } from '@kshot/core/node'
import { learnerName, type Result } from '@kshot/results'
import type { Data } from '../data'
import { registry } from '../registry'
import type { Config } from '../schema'
import { baselineOf } from './baselines'
import { testScore } from './result'
import type { RunEvents } from './run'
import { FILES, writeJson, writeLines } from './run-folder'
import { breathing } from './training'

export interface TestJob {
  readonly config: Config
  readonly learner: MetaLearner
  readonly meta: Meta
  readonly data: Data
  /** Meta-steps that the learner was trained for. */
  readonly step: number
  readonly executor: Executor
  readonly signal: AbortSignal
  readonly on: RunEvents
}

/** What is tested: a learner with what it has learned. */
export interface Contender {
  readonly name: string
  readonly learner: MetaLearner
  readonly meta: Meta
}

export interface Tested {
  readonly test: Scores
  readonly seconds: number
  readonly baseline: {
    readonly name: string
    readonly learner: MetaLearner
    readonly test: Scores
  }
  /** An SVG of some tasks of a regression. */
  readonly picture: string | undefined
}

/** Evaluations on the same episodes: one, or in a regression one for each number of inner steps. */
export type Scores = readonly {
  readonly adaptationSteps: number | undefined
  readonly evaluation: Evaluation
}[]

/** Meta-tests a learner, and the baseline on the same episodes. */
export async function tested(job: TestJob): Promise<Tested> {
  const { learner, meta, data, on } = job
  const contender = { name: learnerName(learner.spec), learner, meta }
  const started = performance.now()
  const test = await scores(job, contender, on.testEpisode)
  const seconds = (performance.now() - started) / 1000
  const baseline = await baselineOf(job)
  try {
    const row = { name: baseline.name, learner: baseline.learner }
    const picture = data.curves && (await drawnCurves(job, data.curves, [contender, baseline]))
    return { test, seconds, baseline: { ...row, test: await scores(job, baseline) }, picture }
  } finally {
    disposeTask(baseline.meta)
  }
}

/** What draws takes long to load, and classes have no curves. */
async function drawnCurves(job: TestJob, tasks: TaskSource, contenders: readonly Contender[]) {
  const { curvesPicture } = await import('./regression-curves')
  return curvesPicture(tasks, contenders, adaptationSteps(job), atSteps)
}

async function scores(
  job: TestJob,
  { learner, meta }: Contender,
  onEpisode?: RunEvents['testEpisode'],
): Promise<Scores> {
  const { config, signal, executor, step, data } = job
  const common = {
    tasks: breathing(data.test),
    count: config.test.episodes,
    seed: config.seed,
    meta,
    signal,
    step,
    executor,
  }
  const following = (steps?: number) =>
    onEpisode && { onEpisode: (done: number, score: number) => onEpisode(done, score, steps) }
  if (config.test.ways) {
    return [
      {
        adaptationSteps: undefined,
        evaluation: await evaluate({ ...common, learner, ...following() }),
      },
    ]
  }
  const all = []
  for (const steps of adaptationSteps(job)) {
    const evaluation = await evaluate({
      ...common,
      ...following(steps),
      learner: await atSteps(learner, steps),
    })
    all.push({ adaptationSteps: steps, evaluation })
  }
  return all
}

/** After how many inner steps the error of a regression is measured. */
export function adaptationSteps({
  config,
  learner,
}: Pick<TestJob, 'config' | 'learner'>): number[] {
  return config.test.adaptationSteps ?? [testSteps(learner)]
}

/** Inner steps at test; 0 for a learner without an inner loop. */
export function testSteps({ spec: { options } }: MetaLearner): number {
  const steps = options.steps as number | { readonly test: number } | undefined
  return typeof steps === 'object' ? steps.test : (steps ?? 0)
}

/** The same learner, with another number of inner steps at test. */
function atSteps({ spec }: MetaLearner, test: number): Promise<MetaLearner> {
  const own = spec.options.steps
  const steps = typeof own === 'object' ? { ...own, test } : test
  return fromSpec<MetaLearner>(
    { ...spec, options: { ...spec.options, steps } },
    'learner',
    registry,
  )
}

/** Writes what a test has shown; the result comes last, so that a folder that has one is whole. */
export async function writeTested(folder: string, tests: Tested, result: Result): Promise<void> {
  await writeLines(join(folder, FILES.episodes), episodeLines(tests))
  if (tests.picture) await writeFileAtomic(join(folder, FILES.curves), tests.picture)
  await writeJson(join(folder, FILES.result), result)
}

/** One line an episode. */
function episodeLines({ test, baseline }: Tested) {
  const { metric, scores, predicted } = test[0]!.evaluation
  return scores.map((_, episode) => ({
    episode,
    [metric]: scoreOf(test, episode),
    baseline: scoreOf(baseline.test, episode),
    ...(predicted[episode] && { predicted: predicted[episode] }),
  }))
}

function scoreOf(scores: Scores, episode: number) {
  const values = scores.map(({ adaptationSteps, evaluation }) => {
    return [adaptationSteps, evaluation.scores[episode]!] as const
  })
  return values[0]![0] === undefined ? values[0]![1] : Object.fromEntries(values)
}

/** The baseline as it stands in a result. */
export function baselineRow({ baseline }: Tested): Result['baselines'][number] {
  const { name, learner, test } = baseline
  return { name, learner: learner.spec, test: testScore(test) }
}
