import { mamlOn, tasks, training } from '../case'

const learner = mamlOn('conv4', { ways: 5, steps: 5, firstOrder: true })

/** First-order MAML. */
export default training(learner, { ways: 5, shots: 1, queries: 1 }, tasks)
