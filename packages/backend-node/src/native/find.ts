import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Device, pins } from './pins'
import { placesOf } from './places'

/** Where a binding was found, or where it was looked for. */
export type Found =
  | { readonly binding: string }
  | { readonly binding?: undefined; readonly reason: string }

/** The binding that `nativeInstall` built, else that of the app's own copy of the package. */
export function findBinding(device: Device, root?: string): Found {
  const { binding } = placesOf(device, root)
  if (existsSync(binding)) return { binding }
  const { name } = pins[device].source
  const peer = peerFolder(name)
  if (peer === undefined) {
    return { reason: `neither kshot's own native library nor the package ${name} is installed` }
  }
  const built = builtIn(join(peer, 'lib'))
  if (built) return { binding: built }
  return { reason: `${name} is installed, but its native binding was not built (${peer}/lib)` }
}

function peerFolder(name: string): string | undefined {
  const from = [import.meta.url, pathToFileURL(process.argv[1] ?? `${process.cwd()}/app.js`).href]
  for (const place of from) {
    try {
      return dirname(createRequire(place).resolve(`${name}/package.json`))
    } catch {}
  }
  return undefined
}

function builtIn(lib: string): string | undefined {
  if (!existsSync(lib)) return undefined
  // as its own loader, the newest interface that this Node has
  const napi = Number(process.versions.napi)
  const versions = readdirSync(lib)
    .map((folder) => Number(/^napi-v(\d+)$/.exec(folder)?.[1]))
    .filter((version) => version <= napi)
    .sort((a, b) => b - a)
  return versions
    .map((version) => join(lib, `napi-v${version}`, 'tfjs_binding.node'))
    .find((path) => existsSync(path))
}
