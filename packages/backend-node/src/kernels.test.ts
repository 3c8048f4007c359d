import { derivativesSuite, onCpuOnly, operations } from '@kshot/testkit'
import { describe } from 'vitest'
import { node } from './index'

const { available } = await node().available()

describe.skipIf(!available)('libtensorflow (needs the native library)', () => {
  derivativesSuite(node(), [...operations, ...onCpuOnly])
})
