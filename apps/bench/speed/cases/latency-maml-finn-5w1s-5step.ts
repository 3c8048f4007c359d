import { latency, mamlOn } from '../case'

/** Five steps on the support set, then one query. */
export default latency(mamlOn('finn', { ways: 5, steps: 5 }), { ways: 5, shots: 1, queries: 1 })
