import { homedir } from 'node:os'
import { join } from 'node:path'
import { kernelsKey } from './add-kernels'
import { type Device, pins } from './pins'

/** Where the parts of an installation lie: in a folder of the user's, named by the versions. */
export interface Places {
  readonly root: string
  /** `lib` and `include` of libtensorflow. */
  readonly tensorflow: string
  /** The npm package with the binding's sources, and what is built from them. */
  readonly source: string
  readonly binding: string
}

/** The version of Node's C interface that the binding is built for; all later Nodes have it. */
export const NAPI = 8

/** The user's cache folder, as other tools choose theirs. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME } = process.env
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'kshot', 'native')
}

export function placesOf(device: Device, root = cacheFolder()): Places {
  const { source, tensorflow } = pins[device]
  const library = tensorflow.requirement.replace('==', '-')
  const built = `${source.name.split('/')[1]}-${source.version}+${library}+${kernelsKey()}-${platform()}`
  const folder = join(root, built)
  return {
    root,
    tensorflow: join(root, library),
    source: folder,
    binding: join(folder, 'lib', `napi-v${NAPI}`, 'tfjs_binding.node'),
  }
}

export const platform = () => `${process.platform}-${process.arch}`
