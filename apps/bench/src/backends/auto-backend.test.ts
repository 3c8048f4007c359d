import type { Availability, Backend } from '@kshot/core'
import { describe, expect, it } from 'vitest'
import { chooseBackend, resolveAuto } from './auto-backend'

/** `node` as it may be found. */
const node = (available: Availability, kernels = ''): Backend => ({
  name: 'node',
  spec: { package: 'a', export: 'b', options: {} },
  available: async () => available,
  activate: async () => ({ backend: 'node', device: 'a processor', kernels, threads: 1 }),
})
const missing = { available: false, reason: 'no library', remedy: 'Install it' } as const

describe('auto', () => {
  it.each([
    ['node', node({ available: true }, 'libtensorflow-2.15.1+kshot'), /installed/],
    ['wasm', node(missing), /node is not available: no library\. Install it/],
    [
      'wasm',
      node({ available: true }, 'libtensorflow-2.9.1'),
      /no faster\. Run 'npx kshot native install'/,
    ],
  ] as const)('is %s, and says why', async (backend, found, because) => {
    expect(await chooseBackend(0, () => found)).toEqual({
      backend,
      because: expect.stringMatching(because),
    })
  })

  it('asks for a library with as many threads as the run needs', async () => {
    const asked: unknown[] = []
    await chooseBackend(2, (workers) => {
      asked.push(workers)
      return node(missing)
    })
    expect(asked).toEqual([2])
  })

  const choose = async () => ({ backend: 'node', because: 'it is here' }) as const

  it('is written down as the backend that it stood for', async () => {
    const auto = { backend: 'auto', workers: 0, seed: 1 }
    expect(await resolveAuto(auto, undefined, choose)).toEqual({
      config: { backend: 'node', workers: 0, seed: 1 },
      choice: 'auto: node, because it is here',
    })
  })

  it('is the backend of the run that is gone on with, and not another that came since', async () => {
    const { config, choice } = await resolveAuto({ backend: 'auto', workers: 0 }, 'wasm', choose)
    expect(config.backend).toBe('wasm')
    expect(choice).toContain('started with')
  })

  it('leaves a backend alone that was named', async () => {
    const config = { backend: 'cpu', workers: 0 }
    expect(await resolveAuto(config, 'wasm', choose)).toEqual({ config, choice: undefined })
  })
})
