import { maml } from '@kshot/maml'
import { protonet } from '@kshot/protonet'
import { backendSuite, declared } from '@kshot/testkit'
import { cpu } from './index'

// the tests of the learners compare them with the reference values on this backend
backendSuite(cpu(), {
  learners: { maml, protonet } as never,
  known: declared.cpu,
  without: ['learners'],
})
