import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../', import.meta.url))

/** The folders of everything that is published, seen from the root. */
export const publishedFolders: readonly string[] = ['packages', 'apps']
  .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
  .filter((folder) => manifest(folder)?.private !== true)

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly [key: string]: unknown
}

/** The `package.json` of a folder, if it has one. */
export function manifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
  } catch {
    return undefined
  }
}

/** Packs these folders, as they would be published, and returns the tarballs. */
export function pack(folders: readonly string[], into: string): string[] {
  mkdirSync(into, { recursive: true })
  const filters = folders.flatMap((folder) => ['--filter', `./${folder}`])
  run('npx', ['--yes', 'pnpm@12.21.0', '-r', ...filters, 'pack', '--pack-destination', into], root)
  return readdirSync(into)
    .filter((file) => file.endsWith('.tgz'))
    .map((file) => join(into, file))
}

/** Installs tarballs and packages of the registry, as a user would, in a folder that knows no workspace. */
export function install(app: string, specs: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  mkdirSync(app, { recursive: true })
  writeFileSync(join(app, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...specs], app, env)
}

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = {}): void {
  // what npm is told by the script that this runs in is not for the app
  const own = Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name))
  execFileSync(command, args, {
    cwd,
    env: { ...Object.fromEntries(own), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}
