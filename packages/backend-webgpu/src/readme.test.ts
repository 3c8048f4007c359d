import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { activate, useSwiftShader } from '@kshot/testkit'
import { getBackend } from '@tensorflow/tfjs-core'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { webgpu } from './index'

useSwiftShader()

const readme = fileURLToPath(new URL('../README.md', import.meta.url))
// beside an app that has all backends, so that the imports resolve
const folder = fileURLToPath(new URL('../../../apps/bench/test/.readme-webgpu/', import.meta.url))
const { available } = await webgpu().available()

describe.skipIf(!available)('the code of the README (needs a Vulkan driver)', () => {
  const snippets = [...readFileSync(readme, 'utf8').matchAll(/```typescript\n([\s\S]*?)```/g)]
  beforeEach(() => activate('cpu'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const run = async (index: number, exported: string) => {
    const file = `${folder}${index}.ts`
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, `${snippets[index]![1]}\nexport { ${exported} }\n`)
    return import(/* @vite-ignore */ file)
  }

  it('swaps the backend', async () => {
    const { device, kernels } = await run(0, 'device, kernels')
    expect(getBackend()).toBe('webgpu')
    expect(device).not.toBe('')
    expect(kernels).toMatch(/^kshot-webgpu-/)
  })

  it('takes it where it is there', async () => {
    expect(await run(1, 'backend')).toMatchObject({ backend: 'webgpu' })
    expect(getBackend()).toBe('webgpu')
  })
})
