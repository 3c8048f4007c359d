import { setFlagsFromString } from 'node:v8'
import { activate } from '@kshot/testkit'
import { backend, getKernel, matMul, tensor, tidy } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wasm } from './index'
import { supported, type WasmBackend } from './kernels/native'
import { sameAsCpu } from './kernels/testing'

// Node 20 has relaxed SIMD behind a flag, later versions have it without one.
describe('the variant with fused multiply-add', () => {
  beforeAll(async () => {
    setFlagsFromString('--experimental-wasm-relaxed-simd')
    await wasm().activate()
  })

  it('is chosen where the runtime accepts it', async () => {
    expect(supported(backend() as WasmBackend)).toBe('fma')
    expect((await wasm().activate()).kernels).toBe('kshot-simd-fma')
    expect((await wasm({ kernels: 'exact' }).activate()).kernels).toBe('kshot-simd-fma-exact')
  })

  it.each([
    ['BatchMatMul', { a: [2, 37, 45], b: [2, 45, 29] }, {}],
    ['Conv2D', { x: [2, 9, 9, 5], filter: [3, 3, 5, 11] }, { strides: 2, pad: 'same' }],
    ['Conv2D', { x: [4, 8, 8, 16], filter: [3, 3, 16, 16] }, { strides: 1, pad: 'same' }],
  ])('%s is that of the cpu backend: %j', (kernel, inputs, attrs) =>
    sameAsCpu(
      'fast',
      { kernel, inputs, attrs: { ...attrs, dilations: 1, dataFormat: 'NHWC' } },
      { tolerance: 1e-4 },
    ),
  )
})

const heapBytes = () =>
  Object.values((backend() as WasmBackend).wasm.asm).find((x) => x instanceof WebAssembly.Memory)!
    .buffer.byteLength

describe('the choice of kernels', () => {
  it('travels with the spec', () => {
    expect(wasm().spec!.options).toEqual({})
    expect(wasm({ kernels: 'exact', path: '/a/' }).spec!.options).toEqual({
      kernels: 'exact',
      path: '/a/',
    })
  })

  const stockOf = (name: string) => getKernel(name, 'wasm')?.kernelFunc
  afterAll(() => activate(wasm()))

  it('can be changed, and changed back to what TensorFlow.js has', async () => {
    const { kernels } = await wasm({ kernels: 'stock' }).activate()
    expect(kernels).toBe('stock-simd')
    const stock = [stockOf('BatchMatMul'), stockOf('Conv2D')]
    expect(stockOf('Conv2DBackpropFilter')).toBeUndefined()
    await wasm().activate()
    await wasm({ kernels: 'exact' }).activate()
    await wasm().activate()
    expect(stockOf('BatchMatMul')).not.toBe(stock[0])
    expect(stockOf('Conv2DBackpropFilter')).toBeDefined()
    await wasm({ kernels: 'stock' }).activate()
    expect([stockOf('BatchMatMul'), stockOf('Conv2D')]).toEqual(stock)
    expect(stockOf('Conv2DBackpropFilter')).toBeUndefined()
  })

  it('takes no more memory when it is made again', async () => {
    const use = async () => {
      await wasm().activate()
      return heapBytes()
    }
    const large = () => {
      const a = tensor(new Float32Array(512 * 512), [512, 512])
      matMul(a, a).dispose()
      a.dispose()
    }
    await use()
    large()
    const before = await use()
    for (let i = 0; i < 60; i++) {
      await use()
      large()
    }
    expect(await use()).toBe(before)
  })

  it('works on tensors that are older than the choice', async () => {
    await wasm({ kernels: 'stock' }).activate()
    const a = tensor([1, 2, 3, 4], [2, 2])
    await wasm().activate()
    expect(tidy(() => [...matMul(a, a).dataSync()])).toEqual([7, 10, 15, 22])
    await wasm({ kernels: 'stock' }).activate()
    expect(tidy(() => [...matMul(a, a).dataSync()])).toEqual([7, 10, 15, 22])
    a.dispose()
  })
})
