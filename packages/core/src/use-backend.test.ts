import { getBackend, KernelBackend, registerBackend, setBackend } from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { type Backend, onBackend, prepareBackend } from './backend'

const backend = (name: string): Backend => ({
  name,
  spec: { package: 'none', export: 'none', options: {} },
  available: async () => ({ available: true }),
  async activate() {
    registerBackend(name, () => new KernelBackend())
    await setBackend(name)
    return { backend: name, device: 'none', kernels: 'none', threads: 1 }
  },
})

it('a backend is prepared where none is active yet, and stays so; the next leaves it active', async () => {
  expect(getBackend()).toBeUndefined()
  await prepareBackend(backend('first'))
  expect(getBackend()).toBe('first')
  await prepareBackend(backend('second'))
  expect(getBackend()).toBe('first')
  expect(onBackend('second', getBackend)).toBe('second')
  expect(getBackend()).toBe('first')
})
