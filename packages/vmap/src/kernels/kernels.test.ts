import { onCpuOnly, operations, vmapSuite } from '@kshot/testkit'
import { vmap } from '../vmap'

vmapSuite(vmap, 'cpu', [...operations, ...onCpuOnly])
vmapSuite(vmap, 'wasm', operations)
