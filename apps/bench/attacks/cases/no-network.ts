import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tiny, tinyBoard, writtenJson } from '../a-run'
import type { Attack } from '../attack'
import { folderFor, kshot } from '../command'
import { tally, wrong } from '../tally'
import { UNBOUNDED } from '../unbounded'

/** Every command without a network; whoever reaches for it is caught. */
export const attack: Attack = {
  name: 'no network',
  promise: 'no command needs a network, or tries one',
  attempts: { full: 10, short: 2 },
  bound: UNBOUNDED,
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('network')
    const config = writtenJson(join(folder, 'c.json'), tiny)
    const board = writtenJson(join(folder, 'b.json'), tinyBoard)
    const out = join(folder, 'o')
    const commands = [
      ['run', config, '--out', out, '--quiet'],
      ['eval', join(out, 'meta.safetensors'), '--quiet'],
      ['report', out, '-o', join(folder, 'r.html'), '--quiet'],
      ['leaderboard', board, '--out', join(folder, 'b'), '--quiet'],
      ['report', join(folder, 'b'), '--format', 'md', '--quiet'],
      ['ls', 'presets'],
      ['ls', 'datasets'],
      ['doctor', '--no-speed'],
      ['run', config, '--out', join(folder, 'w'), '--quiet', '--workers', '2'],
      ['compare', out, join(folder, 'w')],
    ]
    for (const args of commands.slice(0, n)) {
      const seen = join(folder, 'seen')
      const ended = await kshot(args, { preload: ['no-network'], env: { KSHOT_NETWORK: seen } })
      const tried = existsSync(seen) ? readFileSync(seen, 'utf8') : ''
      const judge = () => (tried === '' && ended.code === 0 ? undefined : wrong(`tried ${tried}`))
      count.command(args.slice(0, 1).join(' '), ended, judge, { costs: false })
    }
    return count.outcome()
  },
}
