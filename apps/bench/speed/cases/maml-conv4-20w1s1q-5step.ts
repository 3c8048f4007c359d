import { mamlOn, tasks, training } from '../case'

/** Second-order MAML. */
export default training(
  mamlOn('conv4', { ways: 20, steps: 5 }),
  { ways: 20, shots: 1, queries: 1 },
  tasks,
)
