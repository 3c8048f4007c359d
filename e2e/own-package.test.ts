import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { install, manifest, pack, root } from './packed'

const folder = mkdtempSync(join(tmpdir(), 'kshot-own-package-'))

/** The test files of testkit's README, by the name in their first line. */
const files = [
  ...readFileSync(join(root, 'packages/testkit/README.md'), 'utf8').matchAll(
    /```js\n\/\/ (\S+)\n([\s\S]*?)```/g,
  ),
].map(([, name, code]) => [name!, code!] as const)

beforeAll(() => {
  const packages = ['core', 'testkit', 'backend-cpu'].map((name) => `packages/${name}`)
  const { vitest } = manifest('.')!.devDependencies as { vitest: string }
  const registry = ['@tensorflow/tfjs-core@4.22.0', `vitest@${vitest}`]
  install(folder, [...registry, ...pack(packages, join(folder, 'tarballs'))])
  cpSync(join(root, 'e2e/own-package'), folder, { recursive: true })
  const { name, ...rest } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  // so that `my-package`, which its specs name, is this folder
  const own = { ...rest, name: 'my-package', exports: './my-learner.js' }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(own))
  for (const [file, code] of files) writeFileSync(join(folder, file), code)
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs one of these files, and tells how each of its tests ended. */
function outcome(file: string): { [name: string]: string } {
  const args = ['vitest', 'run', file, '--reporter=json', '--testTimeout=120000']
  const { stdout, stderr } = spawnSync('npx', args, { cwd: folder, encoding: 'utf8' })
  const [json] = /^\{"numTotalTestSuites.*$/m.exec(stdout) ?? []
  expect(json, stderr).toBeDefined()
  const { testResults } = JSON.parse(json!) as {
    testResults: { assertionResults: { fullName: string; status: string }[] }[]
  }
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  return Object.fromEntries(tests.map(({ fullName, status }) => [fullName, status]))
}

const failed = (outcomes: { [name: string]: string }) =>
  Object.keys(outcomes).filter((name) => outcomes[name] === 'failed')

describe('the suites on packages of somebody else, with the packed testkit', () => {
  it.each([
    ['my-learner.test.js', 20],
    ['my-backend.test.js', 100],
    ['my-data.test.js', 6],
  ])('%s passes', (file, count) => {
    const outcomes = outcome(file)
    expect(failed(outcomes)).toEqual([])
    const passed = Object.values(outcomes).filter((status) => status === 'passed')
    expect(passed.length).toBeGreaterThanOrEqual(count)
  })

  it('find what is wrong', () => {
    change('my-learner.js', 'transductive: false', 'transductive: true')
    const names = failed(outcome('my-learner.test.js'))
    expect(names.length).toBeGreaterThanOrEqual(2)
    expect(names.every((name) => name.includes('transductive'))).toBe(true)
    change('my-data.js', 'example / 50', 'Math.random()')
    expect(failed(outcome('my-data.test.js'))).toEqual([
      expect.stringContaining('reads the same each time'),
    ])
  })
})

function change(file: string, before: string, after: string): void {
  const text = readFileSync(join(folder, file), 'utf8')
  expect(text).toContain(before)
  writeFileSync(join(folder, file), text.replace(before, after))
}
