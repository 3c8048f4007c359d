import { SingleBar } from 'cli-progress'

/** A progress bar on a terminal; elsewhere nothing is printed. */
export function progress(title: string, total: number): { step(by?: number): void; stop(): void } {
  if (!process.stderr.isTTY) return { step() {}, stop() {} }
  const bar = new SingleBar({
    format: `${title.padEnd(24)} {bar} {value}/{total}  {eta_formatted} left`,
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  })
  bar.start(total, 0)
  return { step: (by = 1) => bar.increment(by), stop: () => bar.stop() }
}
