import { join } from 'node:path'
import { type DeviceInfo, disposeTask } from '@kshot/core'
import { writeFileAtomic } from '@kshot/core/node'
import { learnerName, type Result } from '@kshot/results'
import { baselinesOf } from './baselines'
import { confusionOf } from './confusion'
import { resultOf } from './result'
import { FILES, writeJson, writeLines } from './run-folder'
import { atSteps, errorDifferences, scoresOf, testScore } from './score'
import { adaptationSteps, type Scores, type TestJob, type TrainedLearner } from './test-job'

/** What is tested, and what a result says beside the scores. */
export interface MetaTestJob {
  readonly test: TestJob
  readonly device: DeviceInfo
  readonly train: Result['train']
  readonly best: Result['best']
  readonly checkpoint: string
  readonly workers: number
  /** As `performance.now()` has it. */
  readonly startedAt: number
  /** Called before the result is written. */
  readonly onTested: ((job: TestJob) => void | Promise<void>) | undefined
  /** Where what it finds is written; nothing is, where there is none. */
  readonly folder: string | undefined
}

export interface MetaTested {
  readonly result: Result
  /** One an episode; of a regression, after the first number of inner steps. */
  readonly scores: readonly number[]
}

/** Meta-tests a learner and the baseline on the same episodes, and writes what it found. */
export async function metaTest(job: MetaTestJob): Promise<MetaTested> {
  const { config, learner, meta, data } = job.test
  const measured = await measure(job.test)
  const { evaluation } = measured.test[0]!
  const { device, train, best, checkpoint, workers } = job
  const result = resultOf({
    config,
    learner,
    device,
    train,
    best,
    checkpoint,
    workers,
    params: meta.params,
    test: measured.test,
    baselines: measured.baselines.map(({ row }) => row),
    episodeSet: await data.episodeSet(),
    splitGiven: data.splitGiven,
    understood: data.understood,
    confusion: confusionOf(data.test, evaluation.predicted),
    seconds: { total: (performance.now() - job.startedAt) / 1000, test: measured.seconds },
  })
  await job.onTested?.(job.test)
  if (job.folder !== undefined) await write(job.folder, measured, result)
  return { result, scores: evaluation.scores }
}

interface Measurements {
  readonly test: Scores
  readonly seconds: number
  readonly baselines: readonly {
    readonly row: Result['baselines'][number]
    readonly test: Scores
  }[]
  /** An SVG of some tasks of a regression. */
  readonly picture: string | undefined
}

async function measure(job: TestJob): Promise<Measurements> {
  const { learner, meta, on } = job
  const started = performance.now()
  const test = await scoresOf(job, job, on.testEpisode)
  const seconds = (performance.now() - started) / 1000
  const others = await baselinesOf(job)
  try {
    const name = learnerName({ learner: learner.spec, net: learner.traits.net })
    const own = { name, learner, meta }
    const picture = await pictureOf(job, [own, others[0]!])
    const baselines = []
    for (const other of others) {
      const scores = await scoresOf(job, other)
      const row = { name: other.name, learner: other.learner.spec, test: testScore(scores) }
      const difference = errorDifferences(test, scores)
      baselines.push({ row: { ...row, ...(difference && { difference }) }, test: scores })
    }
    return { test, seconds, picture, baselines }
  } finally {
    disposeTask(others.map(({ meta }) => meta))
  }
}

/** What draws takes long to load, and classes have no curves. */
async function pictureOf(job: TestJob, learners: readonly TrainedLearner[]) {
  const { curves } = job.data
  if (!curves) return undefined
  const { regressionCurves } = await import('./regression-curves')
  return regressionCurves(curves, learners, adaptationSteps(job), atSteps)
}

/** The result comes last, so that a folder that has one is whole. */
async function write(folder: string, measured: Measurements, result: Result): Promise<void> {
  await writeLines(join(folder, FILES.episodes), episodeLines(measured))
  if (measured.picture) await writeFileAtomic(join(folder, FILES.curves), measured.picture)
  await writeJson(join(folder, FILES.result), result)
}

/** One line an episode. */
function episodeLines({ test, baselines }: Measurements) {
  const { metric, scores, predicted } = test[0]!.evaluation
  return scores.map((_, episode) => ({
    episode,
    [metric]: scoreOf(test, episode),
    baseline: scoreOf(baselines[0]!.test, episode),
    ...(predicted[episode] && { predicted: predicted[episode] }),
  }))
}

function scoreOf(scores: Scores, episode: number) {
  const values = scores.map(({ adaptationSteps, evaluation }) => {
    return [adaptationSteps, evaluation.scores[episode]!] as const
  })
  return values[0]![0] === undefined ? values[0]![1] : Object.fromEntries(values)
}
