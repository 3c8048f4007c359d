import { isKshotError, useBackend } from '@kshot/core'
import { prepareBackend } from '@kshot/core/backend'
import { activate, leaked, numbersOf, useSwiftShader } from '@kshot/testkit'
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import {
  add,
  backend,
  engine,
  getBackend,
  getKernel,
  matMul,
  memory,
  relu,
  sum,
  type Tensor2D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import { afterEach, describe, expect, it } from 'vitest'
import { webgpu } from './index'
import { run } from './kernels/program'

useSwiftShader()

const navigatorGpu = () => (globalThis.navigator as { gpu?: unknown } | undefined)?.gpu

it('offers TensorFlow.js no backend before it is activated, and leaves the globals alone', async () => {
  webgpu()
  await webgpu().available()
  expect(Object.keys(engine().registryFactory)).toEqual([])
  expect(globalThis).not.toHaveProperty('GPUBuffer')
  expect(navigatorGpu()).toBeUndefined()
})

const { available } = await webgpu().available()

/** The code of what a promise is rejected with. */
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing was thrown',
    (error) => (isKshotError(error) ? error.code : error),
  )

/** Numbers that lie on the GPU only. */
const onGpu = () => relu(tensor([2, 3, 4]))
const tfjs = () => backend() as WebGPUBackend

describe.skipIf(!available)('the backend webgpu', () => {
  afterEach(() => activate(webgpu()))

  it('says what it runs on, and leaves no navigator.gpu', async () => {
    const { device, kernels } = await useBackend(webgpu())
    expect(device).not.toBe('')
    expect(kernels).toMatch(/^kshot-webgpu-(software|hardware)$/)
    expect(navigatorGpu()).toBeUndefined()
  })

  it('is one backend, also for who asks twice at once', async () => {
    engine().removeBackend('webgpu')
    const all = [webgpu(), webgpu(), webgpu({ kernels: 'hardware' })]
    const instances = await Promise.all(all.map((one) => one.activate().then(tfjs)))
    expect(new Set(instances).size).toBe(1)
  })

  it('keeps its kernels apart from TensorFlow.js’ own', async () => {
    const kernel = () => getKernel('BatchMatMul', 'webgpu')!.kernelFunc
    await webgpu({ kernels: 'software' }).activate()
    const software = kernel()
    expect((await webgpu({ kernels: 'hardware' }).activate()).kernels).toBe('kshot-webgpu-hardware')
    expect(kernel()).not.toBe(software)
    expect(webgpu({ kernels: 'hardware' }).spec.options).toEqual({ kernels: 'hardware' })
    expect(webgpu().spec.options).toEqual({})
  })

  it('refuses the other GPU where one is in use', async () => {
    expect(await codeOf(webgpu({ power: 'low-power' }).activate())).toBe('webgpu/power')
    expect(await codeOf(webgpu({ power: 'high-performance' }).activate())).toBe(
      'nothing was thrown',
    )
  })

  it('can be prepared beside the app’s own backend', async () => {
    await activate('cpu')
    engine().removeBackend('webgpu')
    await prepareBackend(webgpu())
    expect(getBackend()).toBe('cpu')
    expect('webgpu' in engine().registry).toBe(true)
  })

  it('says that numbers cannot be read at once in Node, and reads what was never on the GPU', async () => {
    const x = onGpu()
    expect(() => x.dataSync()).toThrow(/await x\.data\(\)/)
    expect(await numbersOf(x)).toEqual([2, 3, 4])
    // they are here now
    expect([...x.dataSync()]).toEqual([2, 3, 4])
    expect([...tensor([5]).dataSync()]).toEqual([5])
  })

  it('fails where the GPU refused an operation, at the next read, and goes on', async () => {
    const x = onGpu()
    const bad = {
      key: 'bad',
      inputs: { x },
      shape: [3],
      dtype: 'float32',
      code: 'nonsense',
    } as const
    const y = engine().makeTensorFromTensorInfo(run(tfjs(), bad))
    expect(await codeOf(y.data())).toBe('webgpu/failed')
    expect(await numbersOf(onGpu())).toEqual([2, 3, 4])
  })

  it('fails where the device is lost, and starts again', async () => {
    const x = onGpu()
    ;(tfjs().device as unknown as { destroy(): void }).destroy()
    expect(await codeOf(x.data())).toBe('webgpu/device-lost')
    expect(() => x.dataSync()).toThrow(/lost GPU device/)
    const before = tfjs()
    await webgpu().activate()
    expect(tfjs()).not.toBe(before)
    expect(await numbersOf(onGpu())).toEqual([2, 3, 4])
  })

  it('leaves no tensor and no memory behind', async () => {
    const x = tensor(Array(64).fill(1), [8, 8]) as Tensor2D
    const rounds = async () => {
      for (let i = 0; i < 60; i++) tidy(() => void sum(relu(add(matMul(x, x), i))))
      await tidy(() => sum(x)).data()
    }
    await rounds()
    const bytes = () =>
      (memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU
    const [before, data] = [bytes(), tfjs().numDataIds()]
    // the sum that is read is a tensor of its own
    expect(await leaked(rounds)).toBe(1)
    expect(tfjs().numDataIds() - data).toBe(1)
    expect(bytes() - before).toBeLessThan(1024)
  })
})
