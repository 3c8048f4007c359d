import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { DeviceInfo } from '@kshot/core'
import { backends } from '../backends/backends'
import { imagesPerSecond } from './speed'

/** What a backend is on this machine. */
export type Probed =
  | ({
      readonly available: true
      /** In training; none where it was not measured, or too slow to be. */
      readonly imagesPerSecond?: number
    } & Omit<DeviceInfo, 'backend'>)
  | { readonly available: false; readonly reason: string; readonly remedy: string }

/** Looks at a backend in this process, and says what it knows as soon as it knows it. */
export async function probe(
  name: string,
  seconds: number,
  say: (probed: Probed) => void,
): Promise<void> {
  const backend = backends[name]!()
  const found = await backend.available()
  if (!found.available) return say(found)
  const { backend: _, ...device } = await backend.activate()
  say({ available: true, ...device })
  if (seconds === 0) return
  say({ available: true, ...device, imagesPerSecond: await imagesPerSecond(seconds) })
}

/** How long a backend may take to be there; and for its figure, so many times the seconds that it is for. */
const [PATIENCE_MS, TIMES] = [30_000, 15]

/**
 * Looks at a backend in a separate process: a native library that ends its process, or hangs, must not end or
 * hang the one that asks.
 */
export async function probeApart(name: string, seconds: number): Promise<Probed> {
  // Built into one folder, whichever file this function ends up in.
  const path = fileURLToPath(new URL('./probe.js', import.meta.url))
  const child = fork(path, [name, `${seconds}`], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let [probed, late] = [undefined as Probed | undefined, false]
  const giveUp = () => {
    late = true
    child.kill('SIGKILL')
  }
  let timer = setTimeout(giveUp, PATIENCE_MS)
  child.on('message', (message: Probed) => {
    probed = message
    clearTimeout(timer)
    timer = setTimeout(giveUp, 1000 * TIMES * seconds + 1000)
  })
  const how = await ended(child)
  clearTimeout(timer)
  if (late) return probed ?? broken(`it did not answer within ${PATIENCE_MS / 1000} seconds`)
  return how === undefined && probed ? probed : broken(`trying it ${how ?? 'gave no answer'}`)
}

function broken(reason: string): Probed {
  return { available: false, reason, remedy: 'Use another backend, or report this' }
}

/** How a process ended, if not well. */
function ended(child: ChildProcess): Promise<string | undefined> {
  let said = ''
  child.stderr!.on('data', (text) => {
    said = `${said}${text}`.slice(-2000)
  })
  return new Promise((resolve) => {
    child.on('error', ({ message }) => resolve(`failed: ${message}`))
    child.on('close', (code, signal) => {
      const last = said.trim().split('\n').slice(-2).join(' / ')
      const how = signal ? `ended with ${signal}` : `failed with code ${code}`
      resolve(code === 0 ? undefined : `${how}${last ? `: ${last}` : ''}`)
    })
  })
}
