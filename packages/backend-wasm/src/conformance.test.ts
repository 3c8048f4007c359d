import { maml, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { protonet } from '@kshot/protonet'
import { backendSuite, declared } from '@kshot/testkit'
import { wasm } from './index'

const learners = { maml, metaSgd, reptile, matching, protonet } as never

backendSuite(wasm(), { learners, known: declared.wasm })

backendSuite(wasm({ kernels: 'exact' }), {
  learners,
  known: declared.wasm,
  title: 'wasm, exact',
  // differ from those of fast in convolutions alone
  without: ['learners', 'numbers', 'axes', 'bounds'],
})

// the tests of the learners compare them with the reference values on these kernels
backendSuite(wasm({ kernels: 'stock' }), {
  learners,
  known: declared['wasm-stock'],
  title: 'wasm, stock',
  without: ['learners'],
})
