import { wasm } from '@kshot/backend-wasm'
import { activate, leaked } from '@kshot/testkit'
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

it('embeds as PyTorch does on cpu, which is slow', { timeout: 300_000 }, async () => {
  await activate('cpu')
  expect(await leastCosine([12])).toBeGreaterThan(0.9999)
})
