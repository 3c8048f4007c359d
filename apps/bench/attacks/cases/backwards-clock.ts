import { join } from 'node:path'
import { tiny, tinyBoard, writtenJson } from '../a-run'
import type { Attack } from '../attack'
import { folderFor, kshot, start } from '../command'
import { fingerprint, rowsOf } from '../same-run'
import { tally, wrong } from '../tally'
import { UNBOUNDED } from '../unbounded'

const preload = ['backwards-clock']

/** The wall clock runs backwards, 20 seconds a second. */
export const attack: Attack = {
  name: 'clock set back',
  promise: 'no wait, bound of time or byte depends on the wall clock',
  attempts: { full: 10, short: 1 },
  bound: UNBOUNDED,
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('clock')
    const config = writtenJson(join(folder, 'c.json'), tiny)
    const board = writtenJson(join(folder, 'b.json'), tinyBoard)
    const out = (name: string) => join(folder, name)
    await kshot(['run', config, '--out', out('whole'), '--quiet'])
    if (n > 1) await kshot(['leaderboard', board, '--out', out('board'), '--quiet'])
    for (let i = 0; i < n; i++) {
      const run = await kshot(['run', config, '--out', out(`o${i}`), '--quiet'], { preload })
      const same = () => fingerprint(out(`o${i}`)) === fingerprint(out('whole'))
      count.command(
        `run ${i}`,
        run,
        () => (run.code === 0 && same() ? undefined : wrong('other bytes')),
        { costs: false },
      )
      const endless = [
        '--set',
        'train.steps=1000000',
        '--set',
        'validate=null',
        '--max-seconds',
        '1',
      ]
      const bounded = await kshot(['run', config, '--out', out(`m${i}`), '--quiet', ...endless], {
        preload,
      })
      count.command(
        `--max-seconds ${i}`,
        bounded,
        () => (bounded.code === 0 ? undefined : wrong('failed')),
        { costs: false },
      )
      if (n === 1) break
      const first = start(['leaderboard', board, '--out', out(`b${i}`), '--quiet'])
      const second = kshot(['leaderboard', board, '--out', out(`b${i}`), '--quiet'], { preload })
      const ends = await Promise.all([first.ended, second])
      for (const end of ends) count.command(`two boards ${i}`, end, undefined, { costs: false })
      const rows = rowsOf(out(`b${i}`)) === rowsOf(out('board'))
      count.check(`rows ${i}`, rows ? undefined : wrong('other rows'))
    }
    return count.outcome()
  },
}
