import { maml, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { protonet } from '@kshot/protonet'
import { backendSuite, declared } from '@kshot/testkit'
import { node } from './index'

backendSuite(node(), {
  learners: { maml, metaSgd, reptile, matching, protonet } as never,
  known: declared.libtensorflow,
})
