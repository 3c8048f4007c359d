import { node } from '@kshot/backend-node'
import { wasm } from '@kshot/backend-wasm'
import { webgpu } from '@kshot/backend-webgpu'
import { activate, leaked, useSwiftShader } from '@kshot/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { imageEncoder } from './index'
import { cosine, drawings, embeddings, rowsOf, toTensor } from './reference.testing'

/** The least cosine to PyTorch's embeddings among some of the drawings. */
async function leastCosine(which: readonly number[]): Promise<number> {
  const encoder = imageEncoder()
  const pictures = which.map((i) => toTensor(drawings[i]!))
  const encoded = await encoder.encode(pictures)
  const rows = rowsOf((await encoded.data()) as Float32Array)
  for (const x of [...pictures, encoded]) x.dispose()
  encoder.dispose()
  return Math.min(...rows.map((row, i) => cosine(row, embeddings.drawings[which[i]!]!)))
}

describe.each([
  ['wasm', wasm()],
  ['stock wasm', wasm({ kernels: 'stock' })],
])('on %s', (_, backend) => {
  beforeAll(() => activate(backend))

  it('embeds drawings as PyTorch does', async () => {
    expect(drawings).toHaveLength(42)
    expect(await leastCosine([...drawings.keys()])).toBeGreaterThan(0.9999)
  })

  it('leaves no tensor behind', async () => {
    expect(await leaked(() => leastCosine([0]))).toBe(0)
  })
})

describe('a few drawings, on slower backends and those that may be missing', () => {
  useSwiftShader()

  it('cpu', { timeout: 300_000 }, async () => {
    await activate('cpu')
    expect(await leastCosine([12])).toBeGreaterThan(0.9999)
  })

  it.for([
    ['node', node(), [...drawings.keys()]],
    ['webgpu', webgpu(), [12]],
  ] as const)('%s', { timeout: 300_000 }, async ([, backend, which], context) => {
    const found = await backend.available()
    if (!found.available) return context.skip(found.reason)
    await activate(backend)
    expect(await leastCosine(which)).toBeGreaterThan(0.9999)
  })
})
