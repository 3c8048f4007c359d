import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { install, manifest, pack, publishedFolders, root } from './packed'

const app = mkdtempSync(join(tmpdir(), 'kshot-pasted-'))
const [, section] = readFileSync(join(root, 'README.md'), 'utf8').split('## In an existing app')
const [, names] = /^npm install (.*)$/m.exec(section!)!
const [, code] = /```ts\n([\s\S]*?)```/.exec(section!)!

beforeAll(() => {
  const wanted = names!.split(' ')
  const ours = publishedFolders.filter((folder) => wanted.includes(manifest(folder)!.name))
  const others = wanted.filter((name) => !name.startsWith('@kshot/'))
  install(app, [...pack(ours, join(app, 'tarballs')), ...others])
})
afterAll(() => rmSync(app, { recursive: true, force: true }))

/** Runs code as it stands in an app that has only what the README installs. */
function run(pasted: string) {
  writeFileSync(join(app, 'index.js'), transformSync(pasted, { loader: 'ts' }).code)
  return spawnSync('node', ['index.js'], { cwd: app, encoding: 'utf8' })
}

describe("the README's app, pasted", () => {
  it('installs what it imports, and answers', () => {
    const { stdout, stderr } = run(code!)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^(spiral|null) [\d.]+\n$/)
  })

  it('says what to do where the backend was forgotten', () => {
    const { stderr } = run(code!.replace('await useBackend(wasm())', ''))
    expect(stderr).toContain('core/no-backend')
    expect(stderr).toContain('Call await useBackend(wasm()) first')
  })
})
