import type { Backend } from '@kshot/core'
import { backends } from './backends'

/** Instead of a backend's name: the fastest that is here. */
export const AUTO = 'auto'

/** What `auto` means, and why, for people. */
export interface Choice<Name extends string = string> {
  readonly backend: Name
  readonly because: string
}

type Make = (workers: number | 'auto') => Backend

/**
 * The backend that `auto` means: `node` where kshot's build of its library is here, since it is the faster one
 * for large episodes in one process, else `wasm`. Never a graphics card: which is faster depends on the net, and a
 * card is shared with others.
 */
export async function chooseBackend(
  workers: number | 'auto' = 0,
  make: Make = backends.node!,
): Promise<Choice<'node' | 'wasm'>> {
  const node = make(workers)
  const found = await node.available()
  if (!found.available) {
    const because = `node is not available: ${found.reason}. ${found.remedy}`
    return { backend: 'wasm', because }
  }
  const { kernels } = await node.activate()
  if (kernels.includes('+kshot')) {
    return {
      backend: 'node',
      because: 'its native library is installed, and each operation uses all cores',
    }
  }
  return {
    backend: 'wasm',
    because: `node has a library without kshot's training kernels, and would be no faster. Run 'npx kshot native install'`,
  }
}

interface Wanting {
  readonly backend: string
  readonly workers: number | 'auto'
}

/**
 * A configuration that names its backend: what `auto` means is looked up once, and written down. A run that
 * goes on has the backend that it was begun with.
 */
export async function resolveAuto<C extends Wanting>(
  config: C,
  began?: C['backend'],
  choose = chooseBackend,
): Promise<{ readonly config: C; readonly choice: string | undefined }> {
  if (config.backend !== AUTO) return { config, choice: undefined }
  const { backend, because } =
    began === undefined
      ? await choose(config.workers)
      : { backend: began, because: 'the run was started with it' }
  return { config: { ...config, backend }, choice: `auto: ${backend}, because ${because}` }
}
