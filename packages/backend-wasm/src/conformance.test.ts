import { maml, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { protonet } from '@kshot/protonet'
import { conformanceSuite, declared } from '@kshot/testkit'
import { wasm } from './index'

const learners = { maml, metaSgd, reptile, matching, protonet } as never

conformanceSuite(wasm(), { learners, known: declared.wasm })

conformanceSuite(wasm({ kernels: 'exact' }), {
  learners,
  known: declared.wasm,
  title: 'wasm, exact',
  // differ from those of fast in convolutions alone
  without: ['learners', 'numbers', 'axes', 'bounds'],
})

// the tests of the learners compare them with the reference values on these kernels
conformanceSuite(wasm({ kernels: 'stock' }), {
  learners,
  known: declared['wasm-stock'],
  title: 'wasm, stock',
  without: ['learners'],
})
