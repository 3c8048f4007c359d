import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { home } from './kshot'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The files of a guide, by the name in their first line. */
export function filesOf(guide: string): readonly (readonly [name: string, code: string])[] {
  const text = readFileSync(join(root, guide), 'utf8')
  return [...text.matchAll(/```(?:js|json)\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(
    ([, name, code]) => [name!, code!] as const,
  )
}

/**
 * Writes a package in the folder of the test, as an installation would: its own name, the suite, and
 * what else the guide installs (from the root).
 */
export function installed(
  name: string,
  guide: string,
  more: { readonly [name: string]: string } = {},
): void {
  const packages = {
    '@kshot/core': 'packages/core',
    '@kshot/testkit': 'packages/testkit',
    vitest: 'node_modules/vitest',
    ...more,
  }
  for (const [needed, path] of Object.entries(packages)) link(needed, join(root, path))
  link(name, home)
  for (const [file, code] of filesOf(guide)) writeFileSync(join(home, file), code)
}

function link(name: string, to: string): void {
  const path = join(home, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(to, path)
}

/** Runs the tests that the guide wrote. */
export function expectTestsToPass(): void {
  const args = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', home]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: home,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  expect({ status, out: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({ status: 0, out: '' })
}
