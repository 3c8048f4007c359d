import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { version_core } from '@tensorflow/tfjs-core'

const PACKAGES = [
  'core',
  'episodes',
  'glyphs',
  'emoji',
  'intents',
  'omniglot',
  'protonet',
  'maml',
  'vmap',
  'backend-wasm',
  'backend-cpu',
  'matching',
  'backend-node',
  'backend-node-gpu',
  'backend-webgpu',
]

/** The versions of what a result was computed with. */
export function versions(): { readonly [name: string]: string } {
  const own = PACKAGES.map((name) => [`@kshot/${name}`, versionOf(`@kshot/${name}`)] as const)
  return {
    node: process.versions.node,
    '@tensorflow/tfjs-core': version_core,
    ...Object.fromEntries(own),
  }
}

function versionOf(name: string): string {
  try {
    let folder = dirname(fileURLToPath(import.meta.resolve(name)))
    for (; dirname(folder) !== folder; folder = dirname(folder)) {
      const found = packageAt(folder)
      if (found?.name === name) return found.version
    }
  } catch {}
  return 'unknown'
}

function packageAt(folder: string): { name: string; version: string } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  } catch {
    return undefined
  }
}

/** The commit of kshot's own checkout, if it runs from one; `+` for changes that are not committed. */
export function commit(): string | null {
  const here = dirname(fileURLToPath(import.meta.url))
  // An installed kshot may lie in somebody else's checkout.
  if (/[\\/]node_modules[\\/]/.test(here)) return null
  try {
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', here, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim()
    const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
    return `${git('rev-parse', 'HEAD')}${changed ? '+' : ''}`
  } catch {
    return null
  }
}
