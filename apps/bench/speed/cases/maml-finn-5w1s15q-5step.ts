import { mamlOn, tasks, training } from '../case'

/** Second-order MAML. */
export default training(
  mamlOn('finn', { ways: 5, steps: 5 }),
  { ways: 5, shots: 1, queries: 15 },
  tasks,
)
