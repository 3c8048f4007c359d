import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claim } from './lock'
import { identityOfProcess } from './process-identity'

const home = mkdtempSync(join(tmpdir(), 'kshot-lock-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const dead = { pid: 2 ** 22 + 5, host: hostname(), started: 'a boot 1' }

describe('a claim', () => {
  it('keeps others out until it is given back, and leaves nothing', async () => {
    const path = join(mkdtempSync(join(home, 'one-')), 'lock')
    const release = await claim(path)
    await expect(claim(path)).rejects.toMatchObject({ code: 'usage/folder-busy' })
    await release()
    await (await claim(path))()
    expect(readdirSync(join(path, '..'))).toEqual([])
  })

  it('of a process that is gone, and what is none, is nobody’s', async () => {
    const folder = mkdtempSync(join(home, 'stale-'))
    const reused = { ...identityOfProcess(), started: 'another boot 7' }
    const left = [
      ...[dead, reused, { pid: 0 }, { pid: -1, host: hostname() }, { pid: process.pid }].map(
        (one) => JSON.stringify(one),
      ),
      '',
      '{"pi',
      'null',
      '[]',
      'text',
      '\u0000\u0001',
      `"${'x'.repeat(9000)}"`,
      JSON.stringify({ pid: 1.5, host: hostname(), started: 'x' }),
    ]
    for (const [i, text] of left.entries()) {
      const path = join(folder, `lock${i}`)
      writeFileSync(path, text)
      await (await claim(path))()
    }
    expect(readdirSync(folder)).toEqual([])
  })

  it('of another machine counts', async () => {
    const path = join(home, 'elsewhere')
    writeFileSync(path, JSON.stringify({ ...dead, host: 'elsewhere' }))
    await expect(claim(path)).rejects.toMatchObject({ code: 'usage/folder-busy' })
  })

  it('cannot be made where something else lies, and says so at once', async () => {
    mkdirSync(join(home, 'folder'))
    symlinkSync('/dev/zero', join(home, 'device'))
    for (const path of [join(home, 'folder'), join(home, 'device'), join(home, 'none', 'lock')]) {
      await expect(claim(path, { patienceMs: 5000 })).rejects.toMatchObject({
        code: 'run/unwritable',
      })
    }
  })

  it('is waited for by the monotonic clock, and no longer than a signal allows', async () => {
    const path = join(home, 'waited')
    const release = await claim(path)
    const now = Date.now
    try {
      // Set back by a minute at each look.
      let minutes = 0
      Date.now = () => now() - 60_000 * minutes++
      await expect(claim(path, { patienceMs: 200 })).rejects.toMatchObject({
        code: 'usage/folder-busy',
      })
    } finally {
      Date.now = now
    }
    const stop = new AbortController()
    const waiting = claim(path, { patienceMs: 60_000, signal: stop.signal })
    stop.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow('stopped')
    await release()
  })
})

/** Claims a path when it is told to, says whether it has, and gives it back when it is told. */
const RACER = `
import { claim } from './lock'
let release
process.on('message', async ({ path, back }) => {
  if (back) { await release?.(); release = undefined; return process.send('back') }
  try { release = await claim(path); process.send('in') } catch (error) { process.send(error.code) }
})
process.send('ready')
`

describe('a race', () => {
  const script = join(home, 'racer.mjs')
  beforeAll(async () => {
    await build({
      stdin: {
        contents: RACER,
        resolveDir: fileURLToPath(new URL('.', import.meta.url)),
        loader: 'ts',
      },
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@kshot/source'],
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
      },
    })
  })

  it('for a claim that was left behind, or for none, has one winner', async () => {
    const racers = Array.from({ length: 4 }, () => fork(script))
    const all = (message: object | undefined) =>
      Promise.all(
        racers.map((racer) => {
          const heard = new Promise<string>((resolve) =>
            racer.once('message', (m) => resolve(m as string)),
          )
          if (message) racer.send(message)
          return heard
        }),
      )
    try {
      await all(undefined)
      for (let round = 0; round < Number(process.env.KSHOT_RACES ?? 30); round++) {
        const path = join(home, `race${round}`)
        if (round % 3 === 0) writeFileSync(path, JSON.stringify(dead))
        if (round % 3 === 1) writeFileSync(path, 'text')
        const ends = await all({ path })
        expect([...ends].sort(), `round ${round}`).toEqual([
          'in',
          ...Array(3).fill('usage/folder-busy'),
        ])
        await all({ back: true })
      }
      expect(readdirSync(home).filter((name) => name.startsWith('race'))).toEqual(['racer.mjs'])
    } finally {
      for (const racer of racers) racer.kill('SIGKILL')
    }
  }, 180_000)
})
