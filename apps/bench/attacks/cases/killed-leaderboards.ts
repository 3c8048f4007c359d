import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { tinyBoard, writtenJson } from '../a-run'
import type { Attack } from '../attack'
import { folderFor, kshot, start } from '../command'
import { inputs } from '../random'
import { rowsOf } from '../same-run'
import { lost, tally, wrong } from '../tally'

const VICTIMS = ['parent', 'child', 'all', 'SIGTERM'] as const

/** A leaderboard with two cells at a time, of which the parent, a cell, or all are killed. */
export const attack: Attack = {
  name: 'killed leaderboards',
  promise:
    'a leaderboard that was killed goes on with --resume and ends with the same rows; no process stays',
  attempts: { full: 30, short: 1 },
  bound: { seconds: Number.POSITIVE_INFINITY, mebibytes: Number.POSITIVE_INFINITY },
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('boards')
    const learners = ['protonet', 'nearest-centroid']
    const budget = { images: 270 }
    const config = writtenJson(join(folder, 'b.json'), { ...tinyBoard, learners, budget })
    const args = (out: string) => ['leaderboard', config, '--out', out, '--workers', '2', '--quiet']
    const from = performance.now()
    const first = await kshot(args(join(folder, 'whole')))
    const wholeMs = performance.now() - from
    count.command('a leaderboard that is not killed', first, () => undefined, { costs: false })
    const right = rowsOf(join(folder, 'whole'))
    const trials = fc.record({
      moment: fc.double({ min: 0.2, max: 0.95, noNaN: true }),
      victim: fc.constantFrom(...VICTIMS),
    })
    let trial = 0
    for (const { moment, victim } of inputs(trials, n)) {
      const out = join(folder, `t${trial++}`)
      const { child, ended } = start(args(out))
      await Promise.race([ended, later(moment * wholeMs)])
      const cells = childrenOf(child.pid!)
      if (victim === 'SIGTERM') child.kill('SIGTERM')
      if (victim === 'child') end(cells.slice(0, 1))
      if (victim === 'all') end(cells)
      if (victim === 'all' || victim === 'parent') child.kill('SIGKILL')
      await ended
      const orphans = await stillThere(cells)
      count.check(
        `trial ${trial}, ${victim}: orphans`,
        orphans.length > 0 ? lost(`${orphans}`) : undefined,
      )
      const begun = existsSync(join(out, 'results.jsonl')) || existsSync(join(out, 'cells'))
      const again = await kshot([...args(out), ...(begun ? ['--resume'] : [])])
      const judge = () =>
        again.code === 0 && rowsOf(out) === right ? undefined : wrong('other rows')
      count.command(`trial ${trial}, ${victim}`, again, judge, { costs: false })
    }
    return count.outcome()
  },
}

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function childrenOf(pid: number): number[] {
  try {
    const text = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)]).toString()
    return text.trim().split(/\s+/).filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function end(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It was faster.
    }
  }
}

/** A cell ends the step that it is in. */
async function stillThere(pids: readonly number[]): Promise<number[]> {
  for (let i = 0; i < 600 && pids.some(isThere); i++) await later(100)
  return pids.filter(isThere)
}

function isThere(pid: number): boolean {
  try {
    const stat = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)]).toString()
    return !stat.trim().startsWith('Z')
  } catch {
    return false
  }
}
