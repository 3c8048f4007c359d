import { setFlagsFromString } from 'node:v8'
import { maml, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { protonet } from '@kshot/protonet'
import { backendSuite, declared } from '@kshot/testkit'
import { wasm } from './index'

// Node 20 has relaxed SIMD behind a flag, which kshot switches on; later versions have it without one.
setFlagsFromString('--experimental-wasm-relaxed-simd')

backendSuite(wasm(), {
  learners: { maml, metaSgd, reptile, matching, protonet } as never,
  known: declared.wasm,
  title: 'wasm with fused multiply-add',
  // rounding is all that is another
  without: ['numbers', 'axes', 'bounds', 'behaviour'],
})
