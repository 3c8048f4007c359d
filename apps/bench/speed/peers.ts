import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** How long PyTorch takes for a case, in one of the ways in which people run it. */
export interface PeerFigure {
  readonly name: string
  readonly variant: string
  readonly threads: number
  /** Of one episode, task or query; milliseconds. */
  readonly median: number
  readonly runs: number
  readonly torch: string
}

// Beside the built file, or where it was built from.
const script = ['./peers/bench_torch.py', '../../speed/peers/bench_torch.py']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path))

/** A case in PyTorch; none where the case has no counterpart there. */
export async function peerFigures(
  python: string,
  name: string,
  say: (text: string) => void,
): Promise<PeerFigure[]> {
  if (!script) throw new Error('bench_torch.py is not beside this file')
  // Page faults cost PyTorch a third otherwise: glibc gives freed memory back at once.
  const env = {
    ...process.env,
    MALLOC_MMAP_THRESHOLD_: '2000000000',
    MALLOC_TRIM_THRESHOLD_: '8000000000',
    MALLOC_TOP_PAD_: '268435456',
  }
  const { stdout } = await promisify(execFile)(python, [script, name], { env })
  const figures = stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as PeerFigure)
  for (const { variant, median, threads } of figures) {
    say(`${name}  PyTorch ${variant}, ${threads} threads  ${median.toFixed(1)} ms`)
  }
  return figures
}
