import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, freemem, totalmem } from 'node:os'

/** What the machine has, whichever backend runs. */
export interface Machine {
  readonly processor: string
  /** How many threads can run at once here. */
  readonly cores: number
  readonly memoryBytes: number
  readonly freeMemoryBytes: number
  readonly system: string
  /** Whether WebAssembly computes with four numbers at once. */
  readonly simd: boolean
  /** Whether it multiplies and adds in one (relaxed SIMD): a quarter faster. */
  readonly fma: boolean
  /** Instructions of the processor that libtensorflow uses, where the system tells: `avx2`. */
  readonly instructions: readonly string[]
}

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    system: `${process.platform}-${process.arch}`,
    simd: WebAssembly.validate(moduleOf([0x41, 0, 0xfd, 0x0f, 0xfd, 0x62])),
    fma: WebAssembly.validate(moduleOf([...zero, ...zero, ...zero, 0xfd, 0x85, 0x02])),
    instructions: instructions(),
  }
}

/** v128.const 0 */
const zero = [0xfd, 0x0c, ...Array<number>(16).fill(0)]

/** A WebAssembly module with one function `() → v128` of these instructions. */
function moduleOf(body: readonly number[]): Uint8Array<ArrayBuffer> {
  const code = [0, ...body, 0x0b]
  return Uint8Array.from([
    0x00,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    1,
    5,
    1,
    0x60,
    0,
    1,
    0x7b,
    3,
    2,
    1,
    0,
    10,
    code.length + 2,
    1,
    code.length,
    ...code,
  ])
}

const WANTED = ['avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile', 'asimd']

function instructions(): string[] {
  try {
    const [, flags = ''] =
      /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? []
    const has = new Set(flags.trim().split(/\s+/))
    return WANTED.filter((name) => has.has(name))
  } catch {
    return []
  }
}
