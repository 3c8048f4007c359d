import {
  type Batch,
  disposeTask,
  type Episode,
  evaluate,
  fromSpec,
  type Meta,
  type MetaLearner,
  metaTrain,
  type Optimizer,
  rng,
  type TaskSource,
} from '@kshot/core'
import { pretrained } from '@kshot/maml'
import { concat } from '@tensorflow/tfjs-core'
import { registry } from '../catalogue/registry'
import { toSpec } from '../catalogue/specs'
import { regressionBaselines } from './regression-baselines'
import { adaptationSteps, type TestJob, type TrainedLearner } from './test-job'
import { breathing } from './training'

/**
 * What stands beside every learner in a result: nothing learned, or learned without episodes. In a
 * regression the first is the learner's own net, pre-trained, if it has one.
 */
export async function baselinesOf(job: TestJob): Promise<TrainedLearner[]> {
  if (job.config.test.ways) return [await nearestCentroid(job)]
  // A net whose output is the prediction, and no features.
  const { head } = job.config.learner as { readonly head?: string }
  const own = head === 'none' ? [await pretrainedRegression(job)] : []
  return [...own, ...(await regressionBaselines(job))]
}

/** What needs no training at all: the nearest mean of the support set, pixel by pixel, or of embeddings. */
async function nearestCentroid({ data }: TestJob): Promise<TrainedLearner> {
  const spec = toSpec({ name: 'nearestCentroid', backbone: { name: 'embeddings' } })
  const learner = await fromSpec<MetaLearner>(spec, 'learner', registry)
  const meta = learner.init(rng(0), data.test.taskSpec)
  const seen = data.encoder === undefined ? 'raw pixels' : `embeddings of ${data.encoder}`
  return { name: `nearest centroid, ${seen}`, learner, meta }
}

/** Rates of fine-tuning that are tried on the validation tasks. */
const RATES = [0.001, 0.003, 0.01, 0.02, 0.05]

/**
 * The same net fitted to all training tasks at once, for as many steps as the learner had, then
 * fine-tuned on each support set at the rate that does best on the validation tasks.
 */
async function pretrainedRegression(job: TestJob): Promise<TrainedLearner> {
  const { config, data, step, signal, on } = job
  const { model } = config.learner as { readonly name: string; readonly model: object }
  const net = await fromSpec<Parameters<typeof pretrained>[0]['model']>(
    toSpec(model),
    'model',
    registry,
  )
  const build = (innerRate: number, steps = 1) => pretrained({ model: net, innerRate, steps })
  const { state } = await metaTrain({
    learner: build(RATES[0]!),
    optimizer: await fromSpec<Optimizer>(toSpec(config.train.optimizer), 'optimizer', registry),
    tasks: breathing(joined(data.train(), config.train.metaBatch)),
    steps: step,
    seed: config.seed,
    signal,
    onStep: ({ step: done }) => on.baselineStep?.(done, step),
  })
  disposeTask(state.optimizer)
  const { meta } = state
  const rate = await bestRate(job, meta, build)
  return { name: `pre-trained on all tasks, fine-tuned at ${rate}`, learner: build(rate), meta }
}

async function bestRate(
  job: TestJob,
  meta: Meta,
  build: (rate: number, steps: number) => MetaLearner,
): Promise<number> {
  const { config, data, signal, executor } = job
  if (!data.validation) return RATES[2]!
  const tasks = breathing(data.validation)
  const count = config.validate!.episodes
  const errors: number[] = []
  for (const rate of RATES) {
    let error = 0
    for (const steps of adaptationSteps(job)) {
      const learner = build(rate, steps)
      const common = { learner, meta, tasks, count, signal, executor }
      const { mean } = await evaluate({ ...common, phase: 'validate' })
      error += mean
    }
    // Too high a rate ends in NaN.
    errors.push(Number.isNaN(error) ? Number.POSITIVE_INFINITY : error)
  }
  return RATES[errors.indexOf(Math.min(...errors))]!
}

/** The tasks of a meta-batch as one task: the mean of their losses is the loss of it. */
function joined(source: TaskSource, metaBatch: number): TaskSource {
  const draw = async (index: number): Promise<Episode> => {
    const tasks: Episode[] = []
    for (let i = 0; i < metaBatch; i++) tasks.push(await source(index * metaBatch + i))
    const one = (part: 'support' | 'query'): Batch => ({
      x: concat(tasks.map((task) => task[part].x)),
      y: concat(tasks.map((task) => task[part].y)),
    })
    const episode = { support: one('support'), query: one('query'), id: tasks[0]!.id }
    disposeTask(tasks)
    return episode
  }
  return Object.assign(draw, { spec: source.spec, taskSpec: source.taskSpec })
}
