import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Which process, on which machine: a number alone is given to another one after its end. */
export interface ProcessIdentity {
  readonly pid: number
  readonly host: string
  /** When it was started, as the kernel counts; null where the system does not tell. */
  readonly started: string | null
}

/** Of a process of this machine; of this one, where none is named. */
export function identityOfProcess(pid: number = process.pid): ProcessIdentity {
  return { pid, host: hostname(), started: startOf(pid) ?? null }
}

/** An identity that was written by a process; undefined for anything else. */
export function identityOf(value: unknown): ProcessIdentity | undefined {
  const { pid, host, started } = (value ?? {}) as Partial<ProcessIdentity>
  const isProcess = Number.isSafeInteger(pid) && pid! > 0 && typeof host === 'string'
  const tells = typeof started === 'string' || (started === null && !onLinux)
  return isProcess && tells ? { pid: pid!, host, started } : undefined
}

/** Of another machine that shares the folder nothing can be known. */
export function isAlive({ pid, host, started }: ProcessIdentity): boolean {
  if (host !== hostname()) return true
  if (onLinux) return startOf(pid) === started
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

const onLinux = process.platform === 'linux'

/** The boot and the clock tick at which a process was started; undefined where there is none, or a dead one. */
function startOf(pid: number): string | undefined {
  if (!onLinux) return undefined
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may have spaces and its own brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, ticks] = [fields[0]!, fields[19]!]
    return /[ZX]/.test(state) ? undefined : `${boot} ${ticks}`
  } catch {
    return undefined
  }
}
