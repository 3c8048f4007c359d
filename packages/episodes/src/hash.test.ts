import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memory, setBackend } from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import type { Dataset } from './dataset'
import { episodes } from './episodes'
import { episodeSetHash, taskSetHash } from './hash'
import type { EpisodePlan } from './plan'
import { sinusoids } from './sinusoids'
import { randomImages } from './testing'

const data = randomImages({ classes: 7, size: 6 })
const options = { ways: 3, shots: 1, queries: 2, seed: 1 }
const source = episodes(data, options)
const expected = episodeSetHash(source, 20)

/** The same source with episode 11 changed. */
const changed = (change: (plan: EpisodePlan) => EpisodePlan) =>
  Object.assign((index: number) => source(index), source, {
    plan: (index: number) => (index === 11 ? change(source.plan(index)) : source.plan(index)),
  })

describe('the hash of a set of episodes', () => {
  it('is the same for the same set', () => {
    expect(episodeSetHash(episodes(randomImages({ classes: 7, size: 6 }), options), 20)).toBe(
      expected,
    )
    expect(expected).toMatch(/^[0-9a-f]{64}$/)
  })

  it('knows no name or place of the data, only what is in it', () => {
    const elsewhere = { ...data, spec: { ...data.spec, options: { folder: '/elsewhere' } } }
    expect(episodeSetHash(episodes(elsewhere, options), 20)).toBe(expected)
  })

  it('differs with any option', () => {
    const others = [
      { ...options, ways: 4 },
      { ...options, shots: 2 },
      { ...options, queries: 3 },
      { ...options, seed: 2 },
      { ...options, rotate: 'per-class' as const },
      { ...options, distort: { rotation: 10 } },
      { ...options, distort: { rotation: 11 } },
      { ...options, distort: { rotation: 11, sampling: 'nearest' as const } },
      { ...options, drawers: 'shared' as const },
    ]
    const hashes = others.map((other) => episodeSetHash(episodes(data, other), 20))
    hashes.push(episodeSetHash(source, 19), expected)
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('differs with one pixel, one label, one index, one turn or the order', () => {
    const { classIndex, example } = source.plan(11).support[0]!
    const spoilt: Dataset = {
      ...data,
      read(c, e, target, offset) {
        data.read(c, e, target, offset)
        // the least that a float32 can move
        if (c === classIndex && e === example) target[offset + 24]! += 2 ** -24
      },
    }
    const first = (plan: EpisodePlan, change: object): EpisodePlan => ({
      ...plan,
      query: plan.query.map((slot, i) => (i === 0 ? { ...slot, ...change } : slot)),
    })
    const hashes = [
      expected,
      episodeSetHash(episodes(spoilt, options), 20),
      episodeSetHash(
        changed((plan) => first(plan, { label: (plan.query[0]!.label + 1) % 3 })),
        20,
      ),
      episodeSetHash(
        changed((plan) => first(plan, { example: (plan.query[0]!.example + 1) % 6 })),
        20,
      ),
      episodeSetHash(
        changed((plan) => first(plan, { quarterTurns: 1 })),
        20,
      ),
      episodeSetHash(
        changed((plan) => ({ ...plan, query: plan.query.toReversed() })),
        20,
      ),
      episodeSetHash(
        changed((plan) => ({ ...plan, support: plan.query, query: plan.support })),
        20,
      ),
    ]
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('reads each image once, however many episodes show it', () => {
    let reads = 0
    const counted: Dataset = {
      ...data,
      read(...place) {
        reads++
        data.read(...place)
      },
    }
    episodeSetHash(episodes(counted, options), 300)
    expect(reads).toBe(42)
  })

  it('is the same in another process', async () => {
    const here = fileURLToPath(new URL('.', import.meta.url))
    // inside the package, so that its dependencies resolve
    const folder = mkdtempSync(join(here, '../node_modules/.hash-'))
    try {
      const script = join(folder, 'hash.mjs')
      await bundled(here, script)
      const printed = execFileSync('node', [script], { encoding: 'utf8' })
      expect(printed.trim().split('\n').at(-1)).toBe(
        episodeSetHash(episodes(formula(), { ...options, distort: { rotation: 9 } }), 30),
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** Data that needs no file, so that a child process has it too. */
function formula(): Dataset {
  return {
    spec: { package: 'test', export: 'formula', options: {} },
    shape: [4, 4, 1],
    classes: Array.from({ length: 6 }, (_, i) => ({ id: `class${i}`, size: 5 })),
    read(c, e, target, offset) {
      for (let i = 0; i < 16; i++) target[offset + i] = ((c * 7 + e * 3 + i) % 11) / 11
    },
  }
}

async function bundled(here: string, outfile: string): Promise<void> {
  const entry = outfile.replace('.mjs', '.ts')
  writeFileSync(
    entry,
    `import { episodeSetHash, episodes } from '${here}index'
    const options = ${JSON.stringify({ ...options, distort: { rotation: 9 } })}
    ${formula.toString()}
    console.log(episodeSetHash(episodes(formula(), options), 30))`,
  )
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@kshot/source'],
    external: ['@tensorflow/tfjs-core'],
    logLevel: 'error',
  })
}

describe('the hash of the tasks of any source', () => {
  const tasks = (options: { shots?: number; seed?: number } = {}) =>
    sinusoids({ shots: 2, queries: 3, seed: 1, ...options })

  it('is the same for the same tasks, and no other', async () => {
    await setBackend('cpu')
    const before = memory().numTensors
    const hash = await taskSetHash(tasks(), 5)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(await taskSetHash(tasks(), 5)).toBe(hash)
    for (const other of [tasks({ shots: 3 }), tasks({ seed: 2 })]) {
      expect(await taskSetHash(other, 5)).not.toBe(hash)
    }
    expect(await taskSetHash(tasks(), 4)).not.toBe(hash)
    expect(memory().numTensors).toBe(before)
  })
})
