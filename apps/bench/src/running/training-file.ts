import {
  type Checkpoint,
  checkSameSpec,
  disposeTask,
  type Json,
  KshotError,
  type Meta,
  type MetaLearner,
  type Params,
  type StopReason,
  type TrainState,
  tree,
} from '@kshot/core'
import { readCheckpointFile, writeCheckpointFile } from '@kshot/core/node'
import { firstDifference } from '@kshot/results'
import { z } from 'zod'
import type { Config } from '../configuration/schema'

/** Training as it stands, and whether it has come to its end. */
export interface Saved {
  readonly state: TrainState
  readonly stoppedBy: StopReason | undefined
  readonly config: Config
}

/** Writes everything that training carries, and whose it is. No times: same seed, same bytes. */
export async function writeTraining(
  path: string,
  learner: MetaLearner,
  { state, stoppedBy, config }: Saved,
): Promise<void> {
  const { step, meta, optimizer, best, tasks, examples } = state
  const trees = {
    params: meta.params,
    state: meta.state,
    optimizer,
    ...(best && { bestParams: best.meta.params, bestState: best.meta.state }),
  }
  const json = {
    kind: 'training',
    learner: learner.spec,
    config: asTrained(config),
    step,
    tasks,
    examples,
    stoppedBy: stoppedBy ?? null,
    best: best ? { step: best.step, score: best.score } : null,
  }
  await writeCheckpointFile(path, { trees, json })
}

/**
 * Training as it was written. The tensors are the caller's.
 * @throws `checkpoint/other-model`, `usage/other-config`, and what reading a checkpoint throws
 */
export async function readTraining(
  path: string,
  learner: MetaLearner,
  config: Config,
): Promise<Saved> {
  const { trees, json } = await readCheckpointFile(path)
  try {
    const { kind } = (json ?? {}) as { kind?: unknown }
    if (kind !== 'training') throw notTraining(path, kind)
    const saved = documentOf(json, trees, path)
    checkIsConfig(saved.config, path)
    checkSameConfig(saved.config, config)
    checkSameSpec(saved.learner as Json, learner.spec)
    checkCounts(saved, config, path)
    await checkNumbers(trees, path)
    const { step, tasks, examples, best } = saved
    const state: TrainState = {
      step,
      tasks,
      examples,
      optimizer: trees.optimizer!,
      meta: { params: trees.params!, state: trees.state! },
      best: best ? { ...best, meta: bestOf(trees) } : undefined,
    }
    return { state, stoppedBy: saved.stoppedBy ?? undefined, config: saved.config }
  } catch (error) {
    disposeTask(trees)
    throw error
  }
}

const count = z.int().min(0)
const documentSchema = z.looseObject({
  learner: z.looseObject({}),
  step: count,
  tasks: count,
  examples: count,
  stoppedBy: z.enum(['steps', 'seconds', 'patience']).nullable(),
  best: z.object({ step: count, score: z.number() }).nullable(),
})
type Document = z.output<typeof documentSchema> & { readonly config: unknown }

/**
 * What stands beside the tensors; of those, that there are some. Whether they fit the learner is checked
 * by who goes on with them.
 * @throws `checkpoint/damaged`
 */
function documentOf(json: Json, trees: Checkpoint['trees'], path: string): Document {
  const { success, data, error } = documentSchema.safeParse(json)
  const issue = error?.issues[0]
  if (!success) throw damaged(path, `'${issue!.path.join('.')}' of its document: ${issue!.message}`)
  const needed = ['params', 'state', 'optimizer', ...(data.best ? ['bestParams', 'bestState'] : [])]
  const missing = needed.find((name) => !Object.hasOwn(trees, name))
  if (missing) throw damaged(path, `no '${missing}'`)
  return data as Document
}

/** @throws `checkpoint/damaged` */
async function checkNumbers(trees: Checkpoint['trees'], path: string): Promise<void> {
  for (const [name, tensor] of tree.flatten(trees)) {
    const values = await tensor.data()
    if (!values.every(Number.isFinite)) throw damaged(path, `'${name}' with numbers not finite`)
  }
}

/**
 * Checks that counts follow from one another: who goes on believes them.
 * @throws `checkpoint/damaged`
 */
function checkCounts({ step, tasks, best, stoppedBy }: Document, { train }: Config, path: string) {
  const { steps, metaBatch } = train
  if (step > steps) throw damaged(path, `step ${step} of ${steps}`)
  if (tasks !== step * metaBatch) throw damaged(path, `${tasks} tasks in ${step} steps`)
  if (best && best.step > step) throw damaged(path, `a best step ${best.step} after step ${step}`)
  if (stoppedBy === 'steps' && step > 0 && step < steps) {
    throw damaged(path, `training that ended by its steps, at step ${step} of ${steps}`)
  }
}

function damaged(path: string, what: string): KshotError {
  return new KshotError('checkpoint/damaged', {
    got: `${path}: ${what}`,
    expected: 'the training of a run, as kshot run writes it',
    remedy: 'Take an older copy, or begin anew in another folder (--out)',
  })
}

function bestOf(trees: { readonly [name: string]: Params }): Meta {
  return { params: trees.bestParams!, state: trees.bestState! }
}

/** The configuration as JSON, in which a key that is undefined is no key. */
export function forTheBytes(config: Omit<Config, 'workers'>): Json {
  return JSON.parse(JSON.stringify(config)) as Json
}

/** The configuration without what changes no byte of what is learned. */
export function asTrained({ workers: _, ...config }: Config): Json {
  return forTheBytes(config)
}

/**
 * Checks that a value has the parts of a configuration that are asked for before it is compared.
 * @throws `run/damaged`
 */
export function checkIsConfig(value: unknown, where: string): asserts value is Config {
  const { train, learner, dataset } = (value ?? {}) as Partial<Config>
  const isObject = (part: unknown) => typeof part === 'object' && part !== null
  if ([train, learner, dataset].every(isObject)) return
  throw new KshotError('run/damaged', {
    got: `${where}, which is not the configuration of a run`,
    expected: 'a configuration with learner, dataset and train, as written by kshot run',
    remedy: 'Restore it from a copy, or start again in another folder (--out)',
  })
}

/**
 * Checks that a run is gone on with as it was begun; only the bound on its time and the
 * number of threads may be others.
 * @throws `usage/other-config` naming the first key that differs
 */
export function checkSameConfig(earlier: Config, now: Config): void {
  const unbounded = (config: Config) =>
    asTrained({ ...config, train: { ...config.train, maxSeconds: undefined } })
  const found = firstDifference(unbounded(earlier), unbounded(now))
  if (!found) return
  throw new KshotError('usage/other-config', {
    got: `--resume with '${found.path}' ${JSON.stringify(found.right) ?? 'absent'}`,
    expected: `${JSON.stringify(found.left) ?? 'no such key'}, as when the run was started`,
    remedy: 'Resume with the same configuration, or start again in another folder (--out)',
  })
}

function notTraining(path: string, kind: unknown): KshotError {
  return new KshotError('checkpoint/other-model', {
    got: `${path}: a checkpoint of kind ${JSON.stringify(kind) ?? 'unknown'}`,
    expected: 'the checkpoint.safetensors of a run',
    remedy: 'Resume from the folder that kshot run wrote',
  })
}
