import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type Attack, REFUSED } from '../attack'
import { built } from '../built'
import { folderFor } from '../command'
import { tally, wrong } from '../tally'

const RACER = built('racer.js')
const RACERS = 4

/** A claim that is nobody's: of a process that is gone, of a number that was given to another, or none. */
const LEFT: readonly (string | undefined)[] = [
  undefined,
  JSON.stringify({ pid: 2 ** 22 + 5, host: hostname(), started: 'a boot 1' }),
  JSON.stringify({ pid: process.pid, host: hostname(), started: 'another boot 7' }),
  JSON.stringify({ pid: 0, host: hostname(), started: 'x' }),
  JSON.stringify({ pid: -1, host: hostname() }),
  JSON.stringify({ pid: 1e308, host: hostname(), started: null }),
  '',
  '{"pid":12',
  'null',
  '[]',
  '3',
  '\u0000\u0001',
  'x'.repeat(5000),
]

/** Four processes want the same path at the same moment. */
export const attack: Attack = {
  name: 'lock races',
  promise: 'of many that claim a folder one gets it, whatever was left behind, and nothing stays',
  attempts: { full: 600, short: 26 },
  bound: { ...REFUSED, seconds: Number.POSITIVE_INFINITY },
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('races')
    const racers = Array.from({ length: RACERS }, () => fork(RACER))
    await Promise.all(racers.map((racer) => said(racer)))
    const all = (message: object) => Promise.all(racers.map((racer) => said(racer, message)))
    for (let round = 0; round < n; round++) {
      const path = join(folder, `race${round}`)
      const left = LEFT[round % LEFT.length]
      if (left !== undefined) writeFileSync(path, left)
      const ends = await all({ path })
      const inside = ends.filter((end) => end === 'in').length
      const busy = ends.filter((end) => end === 'usage/folder-busy').length
      const fair = inside === 1 && busy === RACERS - 1
      count.check(
        `round ${round}, ${JSON.stringify(left)?.slice(0, 60)}`,
        fair ? undefined : wrong(ends.join()),
      )
      await all({ back: true })
    }
    mkdirSync(join(folder, 'a-folder'))
    symlinkSync('/dev/zero', join(folder, 'a-device'))
    for (const name of ['a-folder', 'a-device']) {
      const ends = await all({ path: join(folder, name) })
      const told = ends.every((end) => end === 'run/unwritable')
      count.check(name, told ? undefined : wrong(ends.join()))
    }
    for (const racer of racers) racer.kill()
    const names = readdirSync(folder).filter((name) => !name.startsWith('a-'))
    count.check('files left', names.length === 0 ? undefined : wrong(names.slice(0, 5).join()))
    return count.outcome()
  },
}

function said(racer: ChildProcess, message?: object): Promise<string> {
  const heard = new Promise<string>((resolve) => {
    racer.once('message', (text) => resolve(text as string))
  })
  if (message) racer.send(message)
  return heard
}
