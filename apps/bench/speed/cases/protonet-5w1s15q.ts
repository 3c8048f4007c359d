import { conv4 } from '@kshot/core'
import { protonet } from '@kshot/protonet'
import { anEpisode, training } from '../case'

const learner = protonet({ backbone: conv4({ filters: 64 }) })

/** A training episode of Prototypical Networks. */
export default training(learner, { ways: 5, shots: 1, queries: 15 }, anEpisode)
