import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { install, pack, root } from './packed'

const app = mkdtempSync(join(tmpdir(), 'kshot-offline-'))
/** Other versions of Node as well, where their programs are named: `KSHOT_NODES=/path/node22:/path/node24`. */
const nodes = [process.execPath, ...(process.env.KSHOT_NODES?.split(':') ?? [])]

beforeAll(() => {
  const packages = ['core', 'backend-wasm', 'image-encoder', 'text-encoder', 'metaopt']
  const folders = packages.map((name) => `packages/${name}`)
  const tfjs = ['core', 'backend-cpu', 'backend-wasm'].map(
    (name) => `@tensorflow/tfjs-${name}@4.22.0`,
  )
  install(app, [...pack(folders, join(app, 'packed')), ...tfjs, 'sharp@0.35.5'])
  cpSync(`${root}e2e/offline`, app, { recursive: true })
}, 600_000)
afterAll(() => rmSync(app, { recursive: true, force: true }))

describe('an app with the packed packages, the network cut', () => {
  it.each(nodes)('tells sentences and photos apart in %s', { timeout: 300_000 }, (node) => {
    const photos = join(root, 'packages/image-encoder/test-data/photos')
    const args = ['--import', './no-network.mjs', 'app.mjs', photos]
    const output = execFileSync(node, args, { cwd: app, encoding: 'utf8' })
    const { node: version, ...told } = JSON.parse(output)
    console.info(`Node ${version}`)
    expect(told).toEqual({
      universal: ['weather', 'alarm'],
      ridge: ['weather', 'alarm'],
      pictures: ['cat', 'coffee', 'rocket', null],
    })
  })

  it('would notice a call to the network', () => {
    const call = "await fetch('http://127.0.0.1:9/')"
    const args = ['--import', './no-network.mjs', '--input-type=module', '-e', call]
    expect(() => execFileSync(process.execPath, args, { cwd: app, stdio: 'pipe' })).toThrow(
      'fetch was called',
    )
  })
})
