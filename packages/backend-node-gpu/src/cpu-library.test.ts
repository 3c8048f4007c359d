import { libtensorflow } from '@kshot/backend-node'
import { maml, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { protonet } from '@kshot/protonet'
import { backendSuite, declared } from '@kshot/testkit'
import { describe, expect, it } from 'vitest'
import { thisMachine, whyNoGpu } from './missing'
import { describeNodeGpu } from './node-gpu'

// The same kernels through the same binding, with the library for CPUs in the place of that for CUDA.
const about = { ...describeNodeGpu({}), device: 'cpu' as const }
const onCpu = libtensorflow({ ...about, refuse: () => ({ available: true }) })
const installed = await onCpu.available()

backendSuite(onCpu, {
  learners: { maml, metaSgd, reptile, matching, protonet } as never,
  known: declared.libtensorflow,
  title: 'node-gpu on the CPU library',
})

describe.skipIf(!installed.available)('a library without a GPU (needs the native library)', () => {
  it('is refused, with what is missing, and never computes in its place', async () => {
    const backend = libtensorflow(about)
    expect(await backend.available()).toEqual({
      available: false,
      reason: expect.stringMatching(/NVIDIA driver|CUDA 12|cuDNN 8|no GPU that it can use/),
      remedy: expect.stringMatching(/driver|native install --cuda|nvidia-smi/),
    })
    await expect(backend.activate()).rejects.toMatchObject({ code: 'backend/unavailable' })
  })

  it('runs without kernels that are for memory of the CPU', async () => {
    expect((await onCpu.activate()).kernels).toMatch(/^libtensorflow-[\d.]+$/)
  })
})

// a machine may have CUDA; then nothing of it is missing
const machine = thisMachine('/nowhere/lib/napi-v8/tfjs_binding.node')
const hasCuda = machine.has('libcudart.so.12')

it.skipIf(hasCuda)(
  'names the libraries of CUDA that the loader of this machine does not have',
  () => {
    const withDriver = { ...machine, driver: 'loaded' }
    const withCuda = {
      ...withDriver,
      has: (name: string) => name === 'libcuda.so.1' || machine.has(name),
    }
    expect(whyNoGpu(withCuda)).toMatchObject({
      reason: expect.stringMatching(/CUDA 12 is not complete: no libcudart\.so\.12/),
      remedy: expect.stringContaining('npx kshot native install --cuda'),
    })
  },
)
