import {
  type Backend,
  conv4,
  disposeTask,
  type MetaLearner,
  metaTrain,
  type ShapedModel,
  sgd,
} from '@kshot/core'
import { toyEpisodes } from '../toy'
import { type ConformanceCheck, errorText, fail, onCpu, outcomeOf, pass } from './check'

const STEPS = 20

/** The learners whose training is compared. */
export interface Trained {
  protonet(options: { backbone: ShapedModel }): MetaLearner
  maml(options: { model: ShapedModel; innerRate: number; steps: number }): MetaLearner
}

/** Losses drift apart as rounding is fed back, so they are compared less strictly than one operation is. */
const TOLERANCE = 1e-3

/** Twenty steps from one seed: the losses are those of the cpu backend. */
export function trainingChecks({ protonet, maml }: Trained): ConformanceCheck[] {
  const net = () => conv4({ filters: 8, blocks: 2 })
  const learners = {
    ProtoNet: () => protonet({ backbone: net() }),
    MAML: () => maml({ model: net(), innerRate: 0.1, steps: 2 }),
  }
  return Object.entries(learners).map(([name, learner]) => ({
    section: 'training',
    name: `losses of ${name}`,
    run: (backend: Backend) =>
      outcomeOf(async () => {
        const expected = await onCpu(`training ${name}`, () => losses(learner()))
        await backend.activate()
        const actual = await losses(learner())
        const differences = expected.map((loss, i) => Math.abs(actual[i]! - loss) / loss)
        const worst = Math.max(...differences)
        if (!(expected.at(-1)! < expected[0]!)) return fail('nothing was learned on cpu')
        return worst < TOLERANCE ? pass(errorText(worst)) : fail(errorText(worst))
      }),
  }))
}

async function losses(learner: MetaLearner): Promise<number[]> {
  const seen: number[] = []
  const { meta, state } = await metaTrain({
    learner,
    optimizer: sgd(0.05),
    steps: STEPS,
    seed: 1,
    tasks: toyEpisodes({ ways: 3, shots: 1, queries: 2, noise: 1 }),
    onStep: ({ loss }) => void seen.push(loss),
  })
  disposeTask([meta, state])
  return seen
}
