import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { getBackend } from '@tensorflow/tfjs-core'
import { afterAll, describe, expect, it } from 'vitest'
import { node } from './index'

const readme = fileURLToPath(new URL('../README.md', import.meta.url))
const folder = fileURLToPath(new URL('../../../apps/bench/test/.readme/', import.meta.url))
const { available } = await node().available()

describe.skipIf(!available)('the code of the README (needs the native library)', () => {
  const file = `${folder}backend-node.ts`
  afterAll(() => rmSync(file, { force: true }))

  it('runs', async () => {
    const [, code] = /```typescript\n([\s\S]*?)```/.exec(readFileSync(readme, 'utf8'))!
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, `${code}\nexport { kernels, threads }\n`)
    const { kernels, threads } = await import(/* @vite-ignore */ file)
    expect(getBackend()).toBe('node')
    expect(kernels).toMatch(/^libtensorflow-2\./)
    expect(threads).toBeGreaterThan(0)
  })
})
