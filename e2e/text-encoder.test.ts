import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Embedding, reference } from '../packages/text-encoder/src/testing'
import { type BundledApp, bundledApp } from './bundled-app'

/** Rows of both encoders. */
type Rows = readonly [universal: number[][], fixed: number[][]]

/** What `text-encoder/page.mjs` offers. */
declare const kshot: {
  here(texts: string[]): Promise<{ rows: Rows; progress: number[]; backend: string }>
  worker(texts: string[]): Promise<Rows | string>
}

const known = reference<Embedding[]>('embeddings')
  .filter(([text]) => text.length > 20)
  .slice(-6)
const texts = known.map(([text]) => text)

let app: BundledApp

beforeAll(async () => {
  app = await bundledApp('text-encoder', '')
}, 600_000)
afterAll(() => app?.dispose())

it('encodes in Node, from the installed package', { timeout: 120_000 }, () => {
  const output = execFileSync('node', ['node.mjs', JSON.stringify(texts)], { cwd: app.folder })
  expectRight(JSON.parse(output.toString()))
})

describe.each(['Vite', 'webpack'] as const)('a page built by %s, offline', (bundler) => {
  it('encodes texts, also in a worker', { timeout: 300_000 }, async (context) => {
    await app.onPage(bundler, context, async (page) => {
      const { rows, progress, backend } = await page.evaluate((list) => kshot.here(list), texts)
      expectRight(rows)
      expect(backend).toBe('cpu')
      expect(progress.at(-1)).toBeGreaterThan(14_000_000)
      expectRight(await page.evaluate((list) => kshot.worker(list), texts))
    })
  })
})

function expectRight(rows: Rows | string): void {
  const [universal, fixed] = rows as Rows
  expect(universal).toHaveLength(texts.length)
  for (const [i, row] of universal.entries()) expect(dot(row, known[i]![1])).toBeGreaterThan(0.9999)
  expect(fixed.map(({ length }) => length)).toEqual(texts.map(() => 256))
  for (const row of fixed) expect(dot(row, row)).toBeCloseTo(1, 4)
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0)
}
