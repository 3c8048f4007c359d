import { join } from 'node:path'
import { node } from '@kshot/backend-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cleanUp, type Ended, home, resultIn, start, text, tiny, writeConfig } from './kshot'

const short = { ...tiny, train: { ...tiny.train, steps: 5 }, validate: null }
const config = writeConfig('short.json', { ...short, backend: 'auto' })
const bare = { XDG_CACHE_HOME: join(home, 'no-cache') }
const here: NodeJS.ProcessEnv = {}
afterAll(cleanUp)

const run = (out: string, env: NodeJS.ProcessEnv, ...more: string[]): Promise<Ended> =>
  start(['run', config, '--out', out, ...more], env).ended
const begun = (folder: string) => JSON.parse(text(folder, 'config.json'))

describe('--backend auto without the native library', () => {
  let first: Ended
  beforeAll(async () => {
    first = await run('bare', bare)
  })

  it('is wasm, says why, and is written down as wasm', () => {
    expect(first.code).toBe(0)
    expect(first.stderr).toMatch(/backend +auto: wasm, because node is not available: neither/)
    expect(resultIn('bare')).toMatchObject({ backend: 'wasm', config: { backend: 'wasm' } })
    expect(begun('bare').backend).toBe('wasm')
  })

  it('stays wasm where the run goes on, whatever has come since', async () => {
    const again = await run('bare', here, '--resume', '--json', '--quiet')
    expect(again).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(again.stdout)).toEqual(resultIn('bare'))
  })

  it('is chosen again for a checkpoint that is tested elsewhere', async () => {
    const args = ['eval', 'bare/meta.safetensors', '--backend', 'auto']
    const { code, stderr } = await start(args, bare).ended
    expect(code).toBe(0)
    expect(stderr).toContain('auto: wasm')
  })
})

const { available } = await node().available()

describe.skipIf(!available)('--backend auto (needs the native library)', () => {
  it('is node; a run that began with it does not go on with another', async () => {
    const { code, stderr } = await run('native', here, '--max-seconds', '0.01')
    expect(code).toBe(0)
    expect(stderr).toContain('auto: node, because its native library is installed')
    expect(resultIn('native').backend).toBe('node')
    expect(begun('native').backend).toBe('node')
    const gone = await run('native', bare, '--resume', '--max-seconds', '60')
    expect(gone).toMatchObject({ code: 3, stdout: '' })
    expect(gone.stderr).toContain("the backend 'node', which cannot run here")
    const more = await run('native', here, '--resume', '--max-seconds', '60')
    expect(more.code).toBe(0)
    expect(more.stderr).toContain('auto: node, because the run was started with it')
  })
})
