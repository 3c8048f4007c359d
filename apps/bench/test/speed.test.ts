import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { cleanUp, home } from './kshot'

afterAll(cleanUp)

const script = fileURLToPath(new URL('../dist/speed/run.js', import.meta.url))

/** The speed benchmark with no more runs than it must make. */
const bench = (...args: string[]) =>
  promisify(execFile)(process.execPath, [script, '--time', '0', '--out', home, ...args])

describe('pnpm bench', () => {
  it('measures a case in a process of its own', async () => {
    const { stdout, stderr } = await bench('--case', '^latency-protonet', '--json')
    const { measured, node } = JSON.parse(stdout)
    expect(node).toBe(process.version)
    expect(measured).toEqual([
      expect.objectContaining({
        name: 'latency-protonet-5w1s',
        backend: 'wasm',
        unit: 'query',
        runs: 10,
        median: expect.any(Number),
      }),
    ])
    const [{ median, perSecond, peakMemoryBytes }] = measured
    expect(perSecond * median).toBeCloseTo(1000, 6)
    expect(peakMemoryBytes).toBeGreaterThan(50 * 2 ** 20)
    expect(stderr).toContain('latency-protonet-5w1s  wasm sequential')
    expect(JSON.parse(readFileSync(join(home, 'speed.json'), 'utf8'))).toEqual(JSON.parse(stdout))
  })

  it('has a row for each number of workers, with an episode a worker', async () => {
    const args = ['--case', '^protonet-5w1s15q', '--executor', 'sequential', '--workers', '1,2']
    const { stdout } = await bench(...args, '--runs', '1', '--json')
    expect(JSON.parse(stdout).measured).toEqual(
      [1, 2].map((workers) => expect.objectContaining({ executor: 'sequential', workers })),
    )
  }, 120_000)

  it('shows how cost grows, as a table and a picture', async () => {
    const { stdout } = await bench('--growth', '--case', 'maml-workers', '--runs', '1')
    expect(stdout).toMatch(/maml-workers=1 .*wasm sequential/)
    expect(stdout).toMatch(/maml-workers=2 /)
    const svg = readFileSync(join(home, 'growth.svg'), 'utf8')
    expect(svg).toContain('MAML: workers')
    expect(svg).not.toContain('NaN')
  }, 300_000)

  it('reports a case that fails, and exits 1', async () => {
    const failure = await bench('--case', '^latency-protonet', '--backend', 'none').catch((e) => e)
    expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining('failed:') })
    expect(existsSync(join(home, 'speed.json'))).toBe(true)
  })
})
