// pnpm attack [name…] [--scale n] [--short]: attacks kshot, each attack in a process of its own, and writes
// docs/reliability.md from what was run in full so far.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeFileAtomic } from '@kshot/core/node'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Attack, Outcome } from './attack'
import { attacks } from './attacks'
import { type Measured, reliabilityPage } from './page'

interface Options {
  readonly scale: number
  readonly short?: boolean
}

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const PAGE = `${root}docs/reliability.md`
/** What was measured, so that single attacks can be run again. */
const MEASURED = `${root}node_modules/.cache/kshot-attacks.json`
const ONE = fileURLToPath(new URL('./one.js', import.meta.url))

const scale = (text: string) => {
  const value = Number(text)
  if (value > 0 && value <= 1000) return value
  throw new InvalidArgumentError('Expected a number above 0, of at most 1000.')
}

const program = new Command('attack')
  .description('attack kshot with generated inputs, kills, full disks and the like')
  .argument('[names...]', 'which attacks, by the beginning of their names; all by default')
  .addOption(new Option('--scale <n>', 'times as many attempts').argParser(scale).default(1))
  .addOption(new Option('--short', 'the form that runs with the tests; writes no page'))
  .parse()

const { scale: times, short = false } = program.opts<Options>()
const wanted = attacks.filter(
  ({ name }) => program.args.length === 0 || program.args.some((start) => name.startsWith(start)),
)
const commit = commitOf(root)
let failed = 0
for (const attack of wanted) {
  const outcome = await outcomeOf(attack)
  failed += outcome.failed
  say(attack, outcome)
  if (short) continue
  const { name, promise, bound } = attack
  keep({ name, promise, bound, outcome, commit, scale: times })
}
if (!short) {
  const measured = earlier()
  const all = attacks.flatMap(({ name }) => measured.get(name) ?? [])
  const missing = attacks.filter(({ name }) => !measured.has(name)).map(({ name }) => name)
  await writeFileAtomic(PAGE, reliabilityPage(all, missing))
  console.log(`written to ${PAGE}`)
}
process.exitCode = failed === 0 ? 0 : 1

function outcomeOf({ name, attempts }: Attack): Promise<Outcome> {
  const n = Math.max(1, Math.round((short ? attempts.short : attempts.full) * times))
  const child = spawn(process.execPath, [ONE, name, String(n)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (data) => (text += data))
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const last = text.trim().split('\n').at(-1)!
      resolve(last.startsWith('{') ? JSON.parse(last) : broken(code))
    })
  })
}

/** The process of the attack itself did not come to its end. */
function broken(code: number | null): Outcome {
  const counts = { tried: 1, failed: 1, untyped: 1, wrong: 0, lost: 0, overBound: 0 }
  return { ...counts, seconds: 0, mebibytes: 0, faults: [`the attack ended with code ${code}`] }
}

function say({ name }: Attack, outcome: Outcome): void {
  const { tried, failed, seconds, mebibytes, faults } = outcome
  const worst = `${seconds.toFixed(1)} s, ${Math.round(mebibytes)} MiB at worst`
  console.log(
    `${failed === 0 ? 'held  ' : 'FAILED'} ${name}: ${tried} tried, ${failed} failed; ${worst}`,
  )
  for (const fault of faults) console.log(`       ${JSON.stringify(fault)}`)
}

function earlier(): Map<string, Measured> {
  try {
    return new Map(JSON.parse(readFileSync(MEASURED, 'utf8')))
  } catch {
    return new Map()
  }
}

/** Read anew: another process may have attacked meanwhile. */
function keep(one: Measured): void {
  mkdirSync(dirname(MEASURED), { recursive: true })
  writeFileSync(MEASURED, JSON.stringify([...earlier().set(one.name, one)]))
}

/** The commit that is attacked, with a mark if something in the tree has changed since. */
function commitOf(folder: string): string {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim()
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', 'apps', 'packages')
    return `${git('rev-parse', '--short=7', 'HEAD')}${changed === '' ? '' : '+'}`
  } catch {
    return 'unknown'
  }
}
