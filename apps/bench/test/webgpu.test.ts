import { swiftShader } from '@kshot/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { cleanUp, resultIn, sines, start, text, tiny, writeConfig } from './kshot'

const driver = swiftShader()
const env = typeof driver === 'string' ? {} : driver
const kshot = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
  start(args, { ...env, ...more }).ended

afterAll(cleanUp)

describe.skipIf(typeof driver === 'string')('kshot on webgpu (needs SwiftShader)', () => {
  it('is named by doctor with what it runs on', async () => {
    const { stdout } = await kshot(['doctor', '--no-speed', '--backend', 'webgpu'])
    expect(stdout).toMatch(/^ {2}yes {2}webgpu {2}kshot-webgpu-software, SwiftShader/m)
  })

  it('trains as on wasm', async () => {
    const few = { episodes: 2, queries: 2 }
    const { train, validate, test } = tiny
    const short = {
      ...tiny,
      train: { ...train, steps: 3 },
      validate: { ...validate, ...few, every: 3 },
      test: { ...test, ...few },
    }
    const config = writeConfig('short.json', short)
    const losses = async (backend: string) => {
      const args = ['run', config, '--backend', backend, '--out', backend, '--quiet']
      expect(await kshot(args)).toMatchObject({ code: 0 })
      return lossesIn(backend)
    }
    const [wasm, webgpu] = [await losses('wasm'), await losses('webgpu')]
    expect(webgpu).toHaveLength(3)
    for (const [i, loss] of wasm.entries())
      expect(Math.abs(webgpu[i]! / loss - 1)).toBeLessThan(1e-3)
    expect(resultIn('webgpu').episodeSet).toBe(resultIn('wasm').episodeSet)
    expect(resultIn('webgpu')).toMatchObject({
      backend: 'webgpu',
      kernels: 'kshot-webgpu-software',
    })
  })

  it('draws the curves of a regression, whose numbers cannot be read at once', async () => {
    const { train, validate, test } = sines
    const short = {
      ...sines,
      train: { ...train, metaBatch: 2, steps: 2 },
      validate: { ...validate, episodes: 2, every: 2 },
      test: { ...test, episodes: 2, adaptationSteps: [1] },
    }
    const config = writeConfig('few-sines.json', short)
    const args = ['run', config, '--backend', 'webgpu', '--out', 'sines', '--quiet']
    expect(await kshot(args)).toMatchObject({ code: 0 })
    expect(text('sines', 'curves.svg')).toMatch(/^<svg [^>]*xmlns=/)
  })

  it('says which driver is missing, and takes no other backend', async () => {
    const missing = { VK_ICD_FILENAMES: '/nowhere.json' }
    const args = ['run', 'protonet-glyphs-5w1s', '--backend', 'webgpu', '--out', 'missing']
    const { code, stdout, stderr } = await kshot(args, missing)
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('VK_ICD_FILENAMES names /nowhere.json, which is not there')
    expect(stderr).toContain('SwiftShader')
  })
})

function lossesIn(folder: string): number[] {
  const lines = text(folder, 'log.jsonl').trim().split('\n')
  return lines.map((line) => JSON.parse(line).loss)
}
