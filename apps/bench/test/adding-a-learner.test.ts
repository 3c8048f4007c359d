import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cleanUp, home, kshot } from './kshot'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const guide = readFileSync(join(root, 'docs/adding-a-learner.md'), 'utf8')

/** The files of the guide, by the name in their first line. */
const files = [...guide.matchAll(/```(?:js|json)\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(
  ([, name, code]) => [name!, code!] as const,
)

/** As an installation would: what the guide installs, and the package under its own name. */
function installed() {
  const packages: [string, string][] = [
    ['@kshot/core', 'packages/core'],
    ['@kshot/testkit', 'packages/testkit'],
    ['@tensorflow/tfjs-core', 'packages/core/node_modules/@tensorflow/tfjs-core'],
    ['vitest', 'node_modules/vitest'],
  ]
  for (const [name, path] of packages) link(name, join(root, path))
  link('nearest-median', home)
}

function link(name: string, to: string) {
  const path = join(home, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(to, path)
}

describe('docs/adding-a-learner.md', () => {
  beforeAll(() => {
    installed()
    for (const [name, code] of files) writeFileSync(join(home, name), code)
  })
  afterAll(cleanUp)

  it('has all the files that it speaks of', () => {
    expect(files.map(([name]) => name)).toEqual([
      'package.json',
      'index.js',
      'card.js',
      'learner.test.js',
      'leaderboard.json',
    ])
  })

  it('makes a learner that takes part in a leaderboard by the name of its package', async () => {
    const refused = await kshot('leaderboard', 'leaderboard.json', '--json')
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.stderr).toContain('--allow-module')
    const { code, stdout, stderr } = await kshot(
      'leaderboard',
      'leaderboard.json',
      '--allow-module',
      '--json',
    )
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    const { rows } = JSON.parse(stdout)
    const accuracies = Object.fromEntries(
      rows.map((row: { cell: { learner: string }; test: { accuracy: number } }) => [
        row.cell.learner,
        row.test.accuracy,
      ]),
    )
    expect(Object.keys(accuracies).sort()).toEqual(['nearest-centroid', 'nearest-median'])
    expect(accuracies['nearest-median']).toBeGreaterThan(0.25)
  }, 300_000)

  it('has its options checked by its card', async () => {
    const board = JSON.parse(readFileSync(join(home, 'leaderboard.json'), 'utf8'))
    const learners = [{ use: 'nearest-median', options: { metric: 'L2' } }]
    writeFileSync(join(home, 'wrong.json'), JSON.stringify({ ...board, learners }))
    const { code, stderr } = await kshot('leaderboard', 'wrong.json', '--allow-module')
    expect(code).toBe(2)
    expect(stderr).toContain('metric')
  }, 120_000)

  it('makes a learner that passes the suite', () => {
    const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', home]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: home,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    expect({ status, out: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({
      status: 0,
      out: '',
    })
  }, 600_000)
})
