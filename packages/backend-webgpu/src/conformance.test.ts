import { maml, metaSgd, reptile } from '@kshot/maml'
import { protonet } from '@kshot/protonet'
import { conformanceSuite, declared, useSwiftShader } from '@kshot/testkit'
import { webgpu } from './index'

useSwiftShader()

conformanceSuite(webgpu(), {
  learners: { maml, metaSgd, protonet, reptile } as never,
  known: declared.webgpu,
  without: ['pytorch', 'learners', 'training'],
})
