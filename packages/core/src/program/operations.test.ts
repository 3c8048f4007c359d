import { onCpuOnly, operations, programSuite } from '@kshot/testkit'

programSuite('cpu', [...operations, ...onCpuOnly])
programSuite('wasm', operations)
