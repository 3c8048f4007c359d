import { mamlOn, tasks, training } from '../case'

/** Second-order MAML. */
export default training(
  mamlOn('conv4', { ways: 5, steps: 1 }),
  { ways: 5, shots: 1, queries: 15 },
  tasks,
)
