import {
  applyUpdates,
  type Context,
  type Episode,
  type Executor,
  type Meta,
  type MetaLearner,
  type Optimizer,
  type Params,
  rng,
  type ShapedModel,
  sequential,
  sgd,
  tree,
} from '@kshot/core'
import { type Tensor, tidy } from '@tensorflow/tfjs-core'
import { numbersOf } from '../numbers'
import { apart, type Check, gradientChecks, within } from './compare'
import {
  type ReferenceCase,
  type ReferenceTensor,
  type ReferenceTree,
  referenceEpisode,
  toTensor,
} from './format'
import { adaptsOf, asParams, netOf } from './nets'
import { operationChecks } from './operations'

interface Network {
  readonly model: ShapedModel
  readonly head: 'fixed' | 'none'
  readonly ways?: number
}

type BatchMode = 'batch-joint' | 'batch-separate'

/** The learners that are compared; a case whose learner is missing is not checked. */
export interface Learners {
  maml?(
    options: Network & { innerRate: number; steps: number; firstOrder: boolean; adapts: string },
  ): MetaLearner
  metaSgd?(options: Network & { initialRate: number; steps: number }): MetaLearner
  reptile?(options: Network & { innerOptimizer: Optimizer; steps: number }): MetaLearner
  matching?(options: {
    backbone: ShapedModel
    distance: 'cosine'
    temperature: 1
    learnsTemperature: false
    normalisation: { train: BatchMode; test: BatchMode }
  }): MetaLearner
  protonet?(options: {
    backbone: ShapedModel
    normalisation: { train: 'batch-joint'; test: 'batch-joint' }
  }): MetaLearner
  ridge?(options: {
    backbone: ShapedModel
    lambda: number
    scale: number
    normalisation: { train: BatchMode; test: BatchMode }
  }): MetaLearner
}

const ctx: Context = { step: 0, rng: rng(0), phase: 'train' }

/**
 * Compares everything that a case expects; nothing where its kind, or the learner for it, is unknown.
 * Meta-gradients are those of `executor`.
 */
export async function checkCase(
  c: ReferenceCase,
  learners: Learners,
  executor: Executor = sequential(),
): Promise<Check[] | undefined> {
  const { maml, metaSgd, reptile, protonet, matching, ridge } = learners
  if (c.kind === 'hvp') return operationChecks(c as never, within)
  if ((c.kind === 'maml' || c.kind === 'anil') && maml) return mamlChecks(c, maml, executor)
  if (c.kind === 'metasgd' && metaSgd) return metaSgdChecks(c, metaSgd, executor)
  if (c.kind === 'reptile' && reptile) return reptileChecks(c, reptile, executor)
  if (c.kind === 'protonet' && protonet) return protonetChecks(c, protonet, executor)
  if (c.kind === 'matching' && matching) return matchingChecks(c, matching, executor)
  if (c.kind === 'ridge' && ridge) return ridgeChecks(c, ridge, executor)
  return undefined
}

async function mamlChecks(
  c: ReferenceCase,
  maml: NonNullable<Learners['maml']>,
  executor: Executor,
) {
  const build = (steps: number, firstOrder = false) =>
    maml({
      ...networkOf(c),
      innerRate: c.config.innerLr as number,
      steps,
      firstOrder,
      adapts: adaptsOf(c),
    })
  const tasks = tasksOf(c)
  const checks: Check[] = []
  for (const { steps, metaLoss, secondOrder, firstOrder, inner } of c.expected) {
    const say = (what: string) => `${steps} steps, ${what}`
    const second = await metaGradient(executor, build(steps), c, tasks)
    const first = await metaGradient(executor, build(steps, true), c, tasks)
    checks.push(
      within(say('meta-loss'), [second.loss], [metaLoss]),
      ...(await gradientChecks(say('second-order gradient'), second.gradient, c, secondOrder)),
      ...(await gradientChecks(say('first-order gradient'), first.gradient, c, firstOrder)),
      await apart(say('second- and first-order gradients differ'), second.gradient, first.gradient),
    )
    for (const [t, { supportLoss, queryLoss }] of inner.entries()) {
      const task = tasks[t]!
      const onSupport = { ...task, query: task.support }
      const losses: number[] = []
      for (const s of supportLoss.keys()) losses.push(await lossOf(build(s), c, onSupport))
      checks.push(
        within(say(`task ${t}, loss on the support set before each step`), losses, supportLoss),
        within(say(`task ${t}, query loss`), [await lossOf(build(steps), c, task)], [queryLoss]),
      )
    }
  }
  return checks
}

async function metaSgdChecks(
  c: ReferenceCase,
  metaSgd: NonNullable<Learners['metaSgd']>,
  executor: Executor,
) {
  const checks: Check[] = []
  const rates = (c as unknown as { lr: ReferenceTree }).lr
  for (const { steps, metaLoss, grad, gradLr } of c.expected) {
    const learner = metaSgd({ ...networkOf(c), initialRate: 0.01, steps })
    const { loss, gradient } = await metaGradient(executor, learner, c, tasksOf(c), (params) => {
      const { weights } = params as { weights: Params }
      return { weights: asParams(weights, c, c.params), rates: asParams(weights, c, rates) }
    })
    const { weights, rates: rateGradient } = gradient as { weights: Params; rates: Params }
    checks.push(
      within(`${steps} steps, meta-loss`, [loss], [metaLoss]),
      ...(await gradientChecks(`${steps} steps, gradient of the weights`, weights, c, grad)),
      ...(await gradientChecks(`${steps} steps, gradient of the rates`, rateGradient, c, gradLr)),
    )
  }
  return checks
}

async function reptileChecks(
  c: ReferenceCase,
  reptile: NonNullable<Learners['reptile']>,
  executor: Executor,
) {
  const checks: Check[] = []
  for (const { steps, adapted, params: expected } of c.expected) {
    const innerOptimizer = sgd(c.config.innerLr as number)
    const learner = reptile({ ...networkOf(c), innerOptimizer, steps })
    const [task] = tasksOf(c)
    const meta = metaOf(learner, c, task!)
    const reached = learner.adapt(meta, task!.support, ctx) as { readonly params: Params }
    const { gradient } = await metaGradient(executor, learner, c, tasksOf(c))
    const optimizer = sgd(c.config.outerStep as number)
    const { updates } = optimizer.update(gradient, optimizer.init(meta.params), { step: 0 })
    const outer = applyUpdates(meta.params, updates)
    checks.push(
      ...(await gradientChecks(
        `${steps} steps, adapted parameters`,
        reached.params,
        c,
        adapted[0],
      )),
      ...(await gradientChecks(
        `${steps} steps, parameters after the outer step`,
        outer,
        c,
        expected,
      )),
    )
  }
  return checks
}

async function protonetChecks(
  c: ReferenceCase,
  protonet: NonNullable<Learners['protonet']>,
  executor: Executor,
) {
  const { loss, logits, grad } = c.expected.find(({ batch }) => batch === 'joint')
  const learner = protonet({
    backbone: netOf(c),
    normalisation: { train: 'batch-joint', test: 'batch-joint' },
  })
  const [task] = tasksOf(c)
  const result = await metaGradient(executor, learner, c, [task!])
  const meta = metaOf(learner, c, task!)
  const adapted = learner.adapt(meta, task!.support, ctx)
  const predicted = learner.predict(meta, adapted, task!.query.x, ctx)
  return [
    within('loss', [result.loss], [loss]),
    within('logits', await numbersOf(predicted), logits.data),
    ...(await gradientChecks('gradient', result.gradient, c, grad)),
  ]
}

/** The paper's own form: plain cosine, no temperature; normalised together, and apart. */
async function matchingChecks(
  c: ReferenceCase,
  matching: NonNullable<Learners['matching']>,
  executor: Executor,
) {
  const checks: Check[] = []
  for (const { batch, loss, probs, grad } of c.expected) {
    const mode = `batch-${batch as 'joint' | 'separate'}` as const
    const learner = matching({
      backbone: netOf(c),
      distance: 'cosine',
      temperature: 1,
      learnsTemperature: false,
      normalisation: { train: mode, test: mode },
    })
    const [task] = tasksOf(c)
    const result = await metaGradient(executor, learner, c, [task!])
    const meta = metaOf(learner, c, task!)
    const adapted = learner.adapt(meta, task!.support, ctx)
    const logs = await numbersOf(learner.predict(meta, adapted, task!.query.x, ctx))
    checks.push(
      within(`${mode}, loss`, [result.loss], [loss]),
      within(`${mode}, probabilities`, Array.from(logs, Math.exp), probs.data),
      ...(await gradientChecks(`${mode}, gradient`, result.gradient, c, grad)),
    )
  }
  return checks
}

/** λ, scale and bias are meta-parameters, λ as its logarithm: ∂L/∂ log λ = λ ∂L/∂λ. */
async function ridgeChecks(
  c: ReferenceCase,
  ridge: NonNullable<Learners['ridge']>,
  executor: Executor,
) {
  const checks: Check[] = []
  const values: { readonly [name: string]: ReferenceTensor } = c.params
  const [lambda, scale] = [values.lambda!.data[0]!, values.scale!.data[0]!]
  for (const { batch, loss, logits, grad } of c.expected) {
    const mode = `batch-${batch as 'joint' | 'separate'}` as const
    const normalisation = { train: mode, test: mode }
    const learner = ridge({ backbone: netOf(c), lambda, scale, normalisation })
    const [task] = tasksOf(c)
    const fill = (params: Params) => {
      const { backbone, head } = params as { backbone: Params; head: { bias: Tensor } }
      const filled = { ...head, bias: toTensor(values.bias!) }
      return { backbone: asParams(backbone, c, c.params), head: filled }
    }
    const result = await metaGradient(executor, learner, c, [task!], fill)
    const meta = metaOf(learner, c, task!, fill)
    const adapted = learner.adapt(meta, task!.support, ctx)
    const { backbone, head } = result.gradient as { backbone: Params; head: Params }
    const [bias, logLambda, ofScale] = await Promise.all(tree.leaves(head).map(numbersOf))
    const wanted = [grad.bias.data[0], lambda * grad.lambda.data[0], grad.scale.data[0]]
    checks.push(
      within(`${mode}, loss`, [result.loss], [loss]),
      within(
        `${mode}, logits`,
        await numbersOf(learner.predict(meta, adapted, task!.query.x, ctx)),
        logits.data,
      ),
      ...(await gradientChecks(`${mode}, gradient of the net`, backbone, c, grad)),
      within(
        `${mode}, gradient of bias, log λ and scale`,
        [bias![0]!, logLambda![0]!, ofScale![0]!],
        wanted,
      ),
    )
  }
  return checks
}

function networkOf(c: ReferenceCase): Network {
  const ways = c.config.way as number | undefined
  return { model: netOf(c), ...(ways ? { head: 'fixed', ways } : { head: 'none' }) }
}

const tasksOf = (c: ReferenceCase) =>
  c.tasks.map((task) => referenceEpisode(task, c.config.way as number | undefined))

function metaOf(
  learner: MetaLearner,
  c: ReferenceCase,
  { support }: Episode,
  fill = (params: Params): Params => asParams(params, c, c.params),
): Meta {
  const { ways } = support
  const taskSpec = { inputShape: support.x.shape.slice(1), ...(ways !== undefined && { ways }) }
  const { params, state } = learner.init(rng(0), taskSpec)
  return { params: fill(params), state }
}

async function metaGradient(
  executor: Executor,
  learner: MetaLearner,
  c: ReferenceCase,
  tasks: readonly Episode[],
  fill?: (params: Params) => Params,
) {
  const meta = metaOf(learner, c, tasks[0]!, fill)
  const { loss, gradient } = await executor.metaGradient(learner, meta, tasks, ctx)
  return { loss: (await loss.data())[0]!, gradient }
}

async function lossOf(learner: MetaLearner, c: ReferenceCase, task: Episode): Promise<number> {
  const loss = tidy(() => learner.loss(metaOf(learner, c, task), task, ctx).loss)
  const [value] = await numbersOf(loss)
  loss.dispose()
  return value!
}
