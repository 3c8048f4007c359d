import { conv4 } from '@kshot/core'
import { protonet } from '@kshot/protonet'
import { latency } from '../case'

/** Prototypes of the support set, then one query. */
export default latency(protonet({ backbone: conv4({ filters: 64 }) }), {
  ways: 5,
  shots: 1,
  queries: 1,
})
