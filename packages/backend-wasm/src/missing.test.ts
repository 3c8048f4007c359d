import { isKshotError, useBackend } from '@kshot/core'
import { activate } from '@kshot/testkit'
import { getBackend, square, tensor } from '@tensorflow/tfjs-core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { wasm } from './index'

// TensorFlow.js and Emscripten say it in their own words, several times
beforeEach(() => {
  for (const name of ['warn', 'error', 'log'] as const) {
    vi.spyOn(console, name).mockImplementation(() => {})
  }
})
afterEach(() => vi.restoreAllMocks())

it('says where files do not load from, twice, and leaves the app its backend', async () => {
  await activate('cpu')
  for (const [path, where] of [
    ['/nowhere/', "from '/nowhere/'"],
    ['/elsewhere/', 'before, from another folder'],
  ]) {
    const error = await useBackend(wasm({ path: path! })).catch((error) => error)
    expect(isKshotError(error, 'backend/unavailable')).toBe(true)
    expect(error.got).toContain(`its .wasm files did not load ${where}`)
    expect(error.remedy).toContain('Serve them')
    expect(getBackend()).toBe('cpu')
    expect([...square(tensor([1, 2])).dataSync()]).toEqual([1, 4])
  }
})
