import { conv4 } from '@kshot/core'
import { protonet } from '@kshot/protonet'
import { anEpisode, mamlOn, type Shape, type SpeedCase, tasks, training } from './case'

/** One line of a picture: a cost against one parameter, all else as in the base. */
export interface Line {
  readonly title: string
  readonly parameter: string
  readonly points: readonly number[]
  at(value: number): SpeedCase
}

const finn = (shape: Shape, steps = 1, metaBatch = 16): SpeedCase => {
  const perRun = () => metaBatch
  return training(mamlOn('finn', { ways: shape.ways, steps }), shape, { ...tasks, perRun })
}
const proto = (shape: Shape) =>
  training(protonet({ backbone: conv4({ filters: 64 }) }), shape, anEpisode)

/** How cost grows, by name: second-order MAML on Finn's net and Prototypical Networks on conv4. */
export const growth: { readonly [name: string]: Line } = {
  'maml-ways': {
    title: 'MAML',
    parameter: 'ways',
    points: [2, 5, 10, 20],
    at: (ways) => finn({ ways, shots: 1, queries: 1 }),
  },
  'maml-shots': {
    title: 'MAML',
    parameter: 'shots',
    points: [1, 2, 5, 10],
    at: (shots) => finn({ ways: 5, shots, queries: 1 }),
  },
  'maml-steps': {
    title: 'MAML',
    parameter: 'inner steps',
    points: [1, 2, 5, 10],
    at: (steps) => finn({ ways: 5, shots: 1, queries: 1 }, steps),
  },
  'maml-meta-batch': {
    title: 'MAML',
    parameter: 'tasks a meta-step',
    points: [1, 4, 8, 16, 32],
    at: (metaBatch) => finn({ ways: 5, shots: 1, queries: 1 }, 1, metaBatch),
  },
  'maml-workers': {
    title: 'MAML',
    parameter: 'workers',
    points: [1, 2],
    at: () => finn({ ways: 5, shots: 1, queries: 1 }),
  },
  'protonet-ways': {
    title: 'ProtoNet',
    parameter: 'ways',
    points: [5, 10, 20, 40],
    at: (ways) => proto({ ways, shots: 1, queries: 5 }),
  },
  'protonet-shots': {
    title: 'ProtoNet',
    parameter: 'shots',
    points: [1, 2, 5, 10],
    at: (shots) => proto({ ways: 10, shots, queries: 5 }),
  },
  'protonet-workers': {
    title: 'ProtoNet',
    parameter: 'workers',
    points: [1, 2],
    at: () => proto({ ways: 20, shots: 1, queries: 5 }),
  },
}
