import { cpus } from 'node:os'
import { cpu } from '@kshot/backend-cpu'
import { libtensorflow, node } from '@kshot/backend-node'
import { describeNodeGpu, nodeGpu } from '@kshot/backend-node-gpu'
import { wasm } from '@kshot/backend-wasm'
import { webgpu } from '@kshot/backend-webgpu'
import type { Backend } from '@kshot/core'
import { type Declared, declared } from '@kshot/testkit/conformance'
import { useSwiftShader } from '@kshot/testkit/swiftshader'

/** A column of the table in docs/backends.md. */
export interface Column {
  make(): Backend
  readonly known: Declared
  /** The largest relative error of one operation; default 1e-4. */
  readonly tolerance?: number
}

const onCpuLibrary = () =>
  libtensorflow({
    ...describeNodeGpu({}),
    device: 'cpu',
    refuse: () => ({ available: true }),
    describe: async () => ({ device: cpus()[0]?.model.trim() ?? 'unknown processor' }),
  })

/** By a Vulkan driver that computes on the processor, unless the environment names another. */
function onSwiftShader(): Backend {
  useSwiftShader()
  return webgpu()
}

/** Every backend, and every choice of kernels. */
export const columns: { readonly [title: string]: Column } = {
  cpu: { make: cpu, known: declared.cpu },
  wasm: { make: wasm, known: declared.wasm },
  'wasm, exact': { make: () => wasm({ kernels: 'exact' }), known: declared.wasm },
  'wasm, stock': { make: () => wasm({ kernels: 'stock' }), known: declared['wasm-stock'] },
  node: { make: node, known: declared.libtensorflow },
  'node-gpu on the CPU library': { make: onCpuLibrary, known: declared.libtensorflow },
  webgpu: { make: onSwiftShader, known: declared.webgpu },
  'node-gpu': { make: nodeGpu, known: declared.libtensorflow },
}
