import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tiny, tinyBoard, writtenJson } from '../a-run'
import type { Attack } from '../attack'
import { type Ended, folderFor, kshot } from '../command'
import { fingerprint, leftIn, rowsOf } from '../same-run'
import { type Fault, lost, type Tally, tally, wrong } from '../tally'
import { UNBOUNDED } from '../unbounded'

interface Scene {
  readonly folder: string
  readonly config: string
  readonly board: string
  readonly whole: { readonly run: string; readonly board: string }
}

/** The disk is full from the k-th write on, for k = 1, 2, … until none is left. */
export const fullDisk: Attack = {
  name: 'full disk',
  promise:
    'whichever write a full disk stops, it is told, nothing is lost, and --resume ends with the same bytes',
  attempts: { full: 200, short: 1 },
  bound: UNBOUNDED,
  run: (n) => faulty(n, 'write', 'ENOSPC'),
}

/** No more files can be opened from the k-th on; and limits of the system itself. */
export const tooManyFiles: Attack = {
  name: 'too many open files',
  promise:
    'wherever a run can open no more files, it is told, nothing is lost, and --resume ends with the same bytes',
  attempts: { full: 60, short: 0 },
  bound: UNBOUNDED,
  async run(n) {
    const outcome = await faulty(n, 'open', 'EMFILE', async (count, { folder, config }) => {
      const limits = n < 10 ? [24] : [18, 20, 24, 28, 32, 48, 64, 96, 128, 192]
      for (const limit of limits) {
        const out = join(folder, `limit${limit}`)
        const args = ['run', config, '--out', out, '--quiet']
        const ended = await kshot(args, { ulimit: `-n ${limit}` })
        count.command(`ulimit -n ${limit}`, ended, undefined, { costs: false })
      }
    })
    return outcome
  },
}

async function faulty(
  n: number,
  on: 'write' | 'open',
  code: string,
  more?: (count: Tally, scene: Scene) => Promise<void>,
) {
  const count = tally(UNBOUNDED)
  const [runs, boards] = [Math.ceil(n * 0.7), Math.floor(n * 0.3)]
  const scene = await prepared(on, boards > 0)
  const { folder, config, board } = scene
  const trial = async (what: 'run' | 'board', at: number) => {
    const out = join(folder, `${what}${at}`)
    const args = what === 'run' ? ['run', config] : ['leaderboard', board, '--workers', '1']
    const all = [...args, '--out', out, '--quiet']
    const env = { KSHOT_FAULT: JSON.stringify({ on, from: at, code }) }
    const ended = await kshot(all, { preload: ['faults'], env })
    count.command(`${what}, ${on} ${at}`, ended, () => keptOut(out, ended), { costs: false })
    const again = await kshot([...all, ...resume(what, out)])
    const same = () =>
      again.code === 0 && sameAs(what, out, scene) ? undefined : lost('not the same afterwards')
    count.command(`${what}, ${on} ${at}, then room`, again, same, { costs: false })
    rmSync(out, { recursive: true, force: true })
  }
  // Node opens two files before kshot is there.
  const first = on === 'open' ? 2 : 0
  for (const at of spread(runs, 70)) await trial('run', first + at)
  for (const at of spread(boards, 40)) await trial('board', first + at)
  await more?.(count, scene)
  return count.outcome()
}

/** Up to n places among the first so many, the first ones among them. */
function spread(n: number, of: number): number[] {
  return [
    ...new Set(
      Array.from({ length: Math.min(n, of) }, (_, i) => 1 + Math.floor((i * of) / Math.min(n, of))),
    ),
  ]
}

async function prepared(name: string, boards: boolean): Promise<Scene> {
  const folder = folderFor(name)
  const config = writtenJson(join(folder, 'c.json'), tiny)
  const board = writtenJson(join(folder, 'b.json'), tinyBoard)
  const whole = { run: join(folder, 'whole'), board: join(folder, 'whole-board') }
  await kshot(['run', config, '--out', whole.run, '--quiet'])
  if (boards) await kshot(['leaderboard', board, '--out', whole.board, '--quiet'])
  return { folder, config, board, whole }
}

function resume(what: 'run' | 'board', out: string): string[] {
  const begun = what === 'run' ? ['config.json'] : ['results.jsonl', 'cells']
  return begun.some((name) => existsSync(join(out, name))) ? ['--resume'] : []
}

function sameAs(what: 'run' | 'board', out: string, { whole }: Scene): boolean {
  return what === 'run'
    ? fingerprint(out) === fingerprint(whole.run)
    : rowsOf(out) === rowsOf(whole.board)
}

/** No file is there in part: each is as it was, or new. */
function keptOut(out: string, { code }: Ended): Fault | undefined {
  if (!existsSync(out)) return undefined
  for (const name of readdirSync(out)) {
    if (!name.endsWith('.json')) continue
    try {
      JSON.parse(readFileSync(join(out, name), 'utf8'))
    } catch {
      return lost(`half of ${name}`)
    }
  }
  return code === 0 && leftIn(out).length > 0 ? wrong(`left ${leftIn(out)}`) : undefined
}
