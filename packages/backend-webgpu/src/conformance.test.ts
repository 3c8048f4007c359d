import { maml } from '@kshot/maml'
import { protonet } from '@kshot/protonet'
import { backendSuite, declared, useSwiftShader } from '@kshot/testkit'
import { webgpu } from './index'

useSwiftShader()

const learners = { maml, protonet } as never

// pnpm backends:table runs all of it, which a processor takes a minute for
const notRun = { notRun: 'a shorter test has it' }

backendSuite(webgpu({ kernels: 'hardware' }), {
  learners,
  known: declared.webgpu,
  title: 'webgpu, kernels for hardware',
  without: ['learners', 'training', 'behaviour'],
})

backendSuite(webgpu(), {
  learners,
  known: { ...declared.webgpu, 'behaviour: no tensor left after 10,000 operations': notRun },
  without: ['operations', 'pytorch', 'learners', 'numbers', 'axes', 'bounds'],
})
