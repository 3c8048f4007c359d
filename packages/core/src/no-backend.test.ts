import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { evaluate, loadMeta, metaTrain } from './index'

// Nothing here imports a backend: as in an app whose author has forgotten it.
const checkpoint = readFileSync(new URL('../../glyphs/data/protonet.safetensors', import.meta.url))

const noBackend = expect.objectContaining({
  code: 'core/no-backend',
  remedy: expect.stringContaining('await useBackend(wasm())'),
})

test('a checkpoint says that it needs a backend, and how to get one', () => {
  const learner = { spec: { package: '@kshot/protonet', export: 'protonet', options: {} } }
  expect(() => loadMeta(checkpoint, learner)).toThrow(noBackend)
})

test('so do training and evaluation', async () => {
  const options = { learner: {}, tasks: () => {}, count: 1, steps: 1 } as never
  await expect(metaTrain(options)).rejects.toEqual(noBackend)
  await expect(evaluate(options)).rejects.toEqual(noBackend)
})
