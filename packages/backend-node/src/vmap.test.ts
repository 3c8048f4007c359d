import { onCpuOnly, operations, vmapSuite } from '@kshot/testkit'
import { vmap } from '@kshot/vmap'
import { describe } from 'vitest'
import { node } from './index'

const { available } = await node().available()

describe.skipIf(!available)('needs the native library', () => {
  vmapSuite(vmap, node(), [...operations, ...onCpuOnly])
})
