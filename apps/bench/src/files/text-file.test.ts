import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readConfig } from '../configuration/config'
import { readResults } from './results-file'
import { readJson, readText } from './text-file'

const home = mkdtempSync(join(tmpdir(), 'kshot-text-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const written = (name: string, content: string | Uint8Array) => {
  const path = join(home, name)
  writeFileSync(path, content)
  return path
}

describe('a file', () => {
  const odd = () => {
    const pipe = join(home, 'pipe')
    execFileSync('mkfifo', [pipe])
    const device = join(home, 'device')
    symlinkSync('/dev/zero', device)
    const folder = join(home, 'folder.json')
    mkdirSync(folder)
    const loop = join(home, 'loop')
    symlinkSync(loop, loop)
    const broken = join(home, 'broken')
    symlinkSync(join(home, 'nowhere'), broken)
    return [pipe, device, folder, loop, broken, join(home, 'nowhere')]
  }

  it('that is a pipe, a device, a folder, a loop or none is an error at once', async () => {
    for (const path of odd()) {
      const started = performance.now()
      expect(() => readText(path, 100), path).toThrow()
      expect(() => readJson(path)).toThrow(expect.objectContaining({ code: 'run/damaged' }))
      await expect(readConfig(path)).rejects.toMatchObject({ code: 'config/unreadable' })
      await expect(readResults(path)).rejects.toMatchObject({ code: 'results/unreadable' })
      expect(performance.now() - started).toBeLessThan(2000)
    }
  })

  it('that is too large, or no UTF-8, says so', () => {
    const large = written('large', 'x'.repeat(101))
    expect(() => readText(large, 100)).toThrow('the limit is')
    expect(readText(large, 101)).toHaveLength(101)
    expect(() => readText(written('latin', new Uint8Array([99, 97, 102, 0xe9])), 100)).toThrow(
      'UTF-8',
    )
  })

  it('that nests too deep, or is no JSON, is refused before it is parsed', async () => {
    for (const text of ['['.repeat(1_000_000), '{"a":'.repeat(1000), '{', '', '\u0000']) {
      const path = written('bad.json', text)
      await expect(readConfig(path)).rejects.toMatchObject({ code: 'config/unreadable' })
      expect(() => readJson(path)).toThrow(expect.objectContaining({ code: 'run/damaged' }))
    }
  })
})
