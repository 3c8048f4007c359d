import { onCpuOnly, operations, programSuite } from '@kshot/testkit'
import { describe } from 'vitest'
import { node } from './index'

const { available } = await node().available()

describe.skipIf(!available)('needs the native library', () => {
  programSuite(node(), [...operations, ...onCpuOnly])
})
