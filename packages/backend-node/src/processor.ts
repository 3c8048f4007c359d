import { readFileSync } from 'node:fs'

/** What libtensorflow's build for x86-64 cannot do without: it ends the process where it is missing. */
const NEEDED = 'avx'

/** The instructions that this processor lacks for libtensorflow, as far as the system tells. */
export function missingInstructions(cpuinfo = processorInfo()): string | undefined {
  const [, flags] = /^flags\s*:(.*)$/m.exec(cpuinfo) ?? []
  if (flags === undefined) return undefined
  return flags.trim().split(/\s+/).includes(NEEDED) ? undefined : NEEDED.toUpperCase()
}

function processorInfo(): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') return ''
  try {
    return readFileSync('/proc/cpuinfo', 'utf8')
  } catch {
    return ''
  }
}
