import { disposeTask, type Episode, type Meta, type MetaLearner, rng } from '@kshot/core'
import { gather, type Tensor, tensor1d } from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { relativeError } from './closeness'
import { rebuilt } from './rebuilt'
import { type Application, watchedNet } from './watched-net'

export interface FactsOptions {
  readonly learner: MetaLearner
  readonly meta: () => Meta
  readonly load: (name: string) => Promise<object>
  readonly taskSpec: Parameters<MetaLearner['init']>[1]
  /** Episodes of so many ways, shots and queries; the same each time. */
  readonly episode: (shape?: object) => Episode
}

/** Each call gets a new generator: drawing from one moves it on. */
export const testing = () => ({ step: 0, rng: rng(7), phase: 'test' as const })

/** Logits of the queries, after adaptation to the support set. */
export function predictions(
  learner: MetaLearner,
  meta: Meta,
  { support, query }: Episode,
  x: Tensor = query.x,
): number[][] {
  const adapted = learner.adapt(meta, support, testing())
  const output = learner.predict(meta, adapted, x, testing())
  const rows = output.arraySync() as number[][]
  disposeTask([adapted, output])
  return rows
}

export function near(a: number[][], b: number[][]): boolean {
  return relativeError(a.flat(), b.flat()) < 1e-4
}

/** What a learner declares for the labels of results, checked by what it does. */
export function declaredFacts({ learner, meta, load, taskSpec, episode }: FactsOptions): void {
  const { transductive, queriesTogether, innerSteps, fixedWays, net } = learner.traits

  it(`transductive: ${transductive}`, () => {
    const task = episode()
    const first = gather(task.query.x, tensor1d([0], 'int32'))
    const alone = predictions(learner, meta(), task, first)
    const together = predictions(learner, meta(), task).slice(0, 1)
    expect(!near(alone, together)).toBe(transductive)
  })

  it(`queries together: ${queriesTogether}`, async () => {
    const { predicting } = await applications()
    const normalising = predicting.filter((call) => call.norm === 'batch' && call.normalises)
    const queries = episode().query.x.shape[0]!
    if (queriesTogether === 'all') expect(transductive).toBe(true)
    if (predicting.every((call) => !call.normalises)) return
    const calls = { all: 1, one: queries, none: 0 }
    expect(normalising.length).toBe(calls[queriesTogether])
  })

  it(`is built on ${net ? `the net ${net.export}` : 'no net'}`, async () => {
    const { adapting, predicting } = await applications()
    expect([...adapting, ...predicting].length > 0).toBe(net !== undefined)
  })

  it(`inner steps: ${innerSteps}`, async () => {
    const { adapting } = await applications()
    const again = (steps: number) =>
      learner.withInnerSteps && predictions(learner.withInnerSteps(steps), meta(), episode())
    const own = predictions(learner, meta(), episode())
    // The net is run in each step, or once, where only what stands on it is adapted.
    expect([0, 1, innerSteps]).toContain(adapting.length)
    expect(learner.withInnerSteps !== undefined).toBe(innerSteps > 0)
    if (innerSteps === 0) return
    expect(learner.withInnerSteps!(innerSteps).spec).toEqual(learner.spec)
    expect(again(innerSteps)).toEqual(own)
    expect(near(again(innerSteps + 1)!, own)).toBe(false)
  })

  it(`fixed ways: ${fixedWays ?? 'none'}`, () => {
    const { ways } = taskSpec
    const draw = (n: number) => disposeTask({ ...learner.init(rng(1), { ...taskSpec, ways: n }) })
    if (fixedWays === undefined) return draw(ways! + 1)
    expect(learner.traits.anyWay).toBe(false)
    expect(fixedWays).toBe(ways)
    expect(() => draw(ways! + 1)).toThrow()
  })

  /** The calls of the declared net, in adaptation and in prediction. */
  async function applications() {
    if (!net) return { adapting: [], predicting: [] }
    const watched = watchedNet(net, load)
    const again = await rebuilt<MetaLearner>(learner.spec, 'learner', watched.load)
    const { support, query } = episode()
    const adapted = again.adapt(meta(), support, testing())
    const adapting: Application[] = watched.applications.splice(0)
    disposeTask([adapted, again.predict(meta(), adapted, query.x, testing())])
    return { adapting, predicting: watched.applications }
  }
}
