import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { DeviceInfo } from '@kshot/core'
import { backends } from '../backends'
import { imagesPerSecond } from './speed'

/** What a backend is on this machine. */
export type Probed =
  | ({
      readonly available: true
      /** In training; none where it was not measured. */
      readonly imagesPerSecond?: number
    } & Omit<DeviceInfo, 'backend'>)
  | { readonly available: false; readonly reason: string; readonly remedy: string }

/** Looks at a backend in this process. */
export async function probe(name: string, seconds: number): Promise<Probed> {
  const backend = backends[name]!()
  const found = await backend.available()
  if (!found.available) return found
  const { backend: _, ...device } = await backend.activate()
  if (seconds === 0) return { available: true, ...device }
  return { available: true, ...device, imagesPerSecond: await imagesPerSecond(seconds) }
}

/** Beyond what loading, and a step on the slowest backend, take on a slow machine. */
const PATIENCE_MS = 60_000

/**
 * Looks at a backend in a process of its own: a native library that ends its process, or hangs, must not end or
 * hang the one that asks.
 */
export function probeApart(name: string, seconds: number): Promise<Probed> {
  // Built into one folder, whichever file this function ends up in.
  const path = fileURLToPath(new URL('./probe.js', import.meta.url))
  const child = fork(path, [name, `${seconds}`], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let [probed, said] = [undefined as Probed | undefined, '']
  child.stderr!.on('data', (text) => {
    said = `${said}${text}`.slice(-2000)
  })
  child.on('message', (message: Probed) => {
    probed = message
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS + 1000 * seconds)
  return new Promise((resolve) => {
    child.on('error', ({ message }) => resolve(broken(message)))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve(probed ?? broken(endText(code, signal, said)))
    })
  })
}

function broken(reason: string): Probed {
  return { available: false, reason, remedy: 'Use another backend, or report this' }
}

function endText(code: number | null, signal: NodeJS.Signals | null, said: string): string {
  const last = said.trim().split('\n').slice(-2).join(' / ')
  return `trying it ${signal ? `ended with ${signal}` : `failed with code ${code}`}${last ? `: ${last}` : ''}`
}
