import { existsSync } from 'node:fs'
import { mkdir, readlink, realpath, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { KshotError } from '@kshot/core'
import { addKernels } from './add-kernels'
import type { Pins } from './pins'
import { NAPI, type Places } from './places'
import { runCommand } from './run-command'

/** Fetches the sources of the binding from the npm registry, without running a script of theirs. */
export async function fetchSources({ source }: Pins, folder: string): Promise<void> {
  const wanted = `${source.name}@${source.version}`
  await mkdir(folder, { recursive: true })
  const printed = await runCommand({
    code: 'native/sources-failed',
    what: `${wanted} from the registry that npm is configured with`,
    remedy: `Check that 'npm pack ${wanted}' works here: npm, its registry, a proxy`,
    run: ['npm', 'pack', wanted, '--json', '--ignore-scripts', '--pack-destination', folder],
  })
  const [packed] = JSON.parse(printed) as [{ filename: string; integrity: string }]
  if (packed.integrity !== source.integrity) throw altered(wanted, packed.integrity, source)
  const archive = join(folder, packed.filename)
  await runCommand({
    code: 'native/sources-failed',
    what: `the files of ${wanted}`,
    remedy: 'Install tar, and make room on the disk',
    run: ['tar', '-xzf', archive, '-C', folder, '--strip-components', '1'],
  })
  await rm(archive)
}

function altered(what: string, got: string, { integrity }: Pins['source']): KshotError {
  return new KshotError('native/checksum', {
    got: `${what} with the checksum ${got}`,
    expected: integrity,
    remedy: "The registry has a different file under that name: check npm's registry setting",
  })
}

/** Builds the binding from its sources with node-gyp and the headers of the Node that runs. */
export async function buildBinding({ source, tensorflow, binding }: Places): Promise<void> {
  const headers = await nodeHeaders()
  await link(tensorflow, join(source, 'deps'))
  await addKernels(source)
  await runCommand({
    code: 'native/build-failed',
    what: 'a binding built from its C++ sources',
    remedy:
      "Install a C++ compiler, make and Python 3 (Debian: apt install build-essential python3), and run 'npx kshot native install' again",
    run: [
      ...([process.execPath, await nodeGyp(), 'rebuild', '--release'] as const),
      `--nodedir=${headers}`,
      `--napi_build_version=${NAPI}`,
      '--module_name=tfjs_binding',
      `--module_path=${dirname(binding)}`,
    ],
    cwd: source,
  })
  await rm(join(source, 'build'), { recursive: true, force: true })
}

async function link(target: string, path: string): Promise<void> {
  if ((await readlink(path).catch(() => '')) === target) return
  await rm(path, { recursive: true, force: true })
  await symlink(target, path)
}

/** The folder that has `include/node` of the Node that runs. */
async function nodeHeaders(): Promise<string> {
  const beside = dirname(dirname(await realpath(process.execPath)))
  const { npm_config_nodedir } = process.env
  const folders = [...(npm_config_nodedir ? [npm_config_nodedir] : []), beside, '/usr']
  const found = folders.find((folder) => existsSync(join(folder, 'include/node/common.gypi')))
  if (found) return found
  throw new KshotError('native/no-headers', {
    got: `no include/node/common.gypi in ${folders.join(', ')}`,
    expected: "Node's C headers, which the builds of nodejs.org, nvm and Docker images include",
    remedy:
      'Install them (Debian: apt install libnode-dev), or set npm_config_nodedir to the folder of a Node that has them',
  })
}

/** The node-gyp that comes with npm. */
async function nodeGyp(): Promise<string> {
  const npm = await runCommand({
    code: 'native/no-node-gyp',
    what: 'the folder of npm, which brings node-gyp',
    remedy: 'Install npm',
    run: ['npm', 'root', '--global'],
  })
  const within = (path: string) => join(path, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
  const beside = join(dirname(dirname(await realpath(process.execPath))), 'lib/node_modules/npm')
  const { npm_config_node_gyp } = process.env
  const known = [join(npm.trim(), 'npm'), beside].map(within)
  const found = [npm_config_node_gyp, ...known].find((path) => path && existsSync(path))
  if (found) return found
  try {
    return createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js')
  } catch (cause) {
    throw new KshotError('native/no-node-gyp', {
      got: `no node-gyp at ${known.join(', ')}`,
      expected: 'the node-gyp that comes with npm',
      remedy: 'Install npm, or set npm_config_node_gyp to a node-gyp.js',
      cause,
    })
  }
}
