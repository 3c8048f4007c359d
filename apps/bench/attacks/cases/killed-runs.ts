import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { tiny, writtenJson } from '../a-run'
import type { Attack } from '../attack'
import { folderFor, kshot, start } from '../command'
import { inputs } from '../random'
import { fingerprint } from '../same-run'
import { tally, wrong } from '../tally'

/** `kshot run`, killed at random moments, up to three times, and resumed. */
export const attack: Attack = {
  name: 'killed runs',
  promise:
    'a run that was killed (-9) goes on with --resume and ends with the bytes of one that was not',
  attempts: { full: 50, short: 1 },
  bound: { seconds: Number.POSITIVE_INFINITY, mebibytes: Number.POSITIVE_INFINITY },
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('killed')
    const train = { ...tiny.train, steps: 60, checkpointEvery: 1 }
    const validate = { ...tiny.validate, every: 10 }
    const config = writtenJson(join(folder, 'c.json'), { ...tiny, train, validate })
    const begin = (out: string) => {
      const begun = existsSync(join(out, 'config.json'))
      return start(['run', ...(begun ? ['--resume'] : [config]), '--out', out, '--quiet'])
    }
    const from = performance.now()
    const first = await kshot(['run', config, '--out', join(folder, 'whole'), '--quiet'])
    const wholeMs = performance.now() - from
    count.command('a run that is not killed', first, () => undefined, { costs: false })
    const right = fingerprint(join(folder, 'whole'))
    const kills = fc.array(fc.double({ min: 0.1, max: 0.95, noNaN: true }), {
      minLength: 1,
      maxLength: 3,
    })
    let trial = 0
    for (const moments of inputs(kills, n)) {
      const out = join(folder, `t${trial++}`)
      for (const moment of moments) {
        const { child, ended } = begin(out)
        const timer = setTimeout(() => child.kill('SIGKILL'), moment * wholeMs)
        await ended
        clearTimeout(timer)
      }
      const ended = await begin(out).ended
      const same = () => (fingerprint(out) === right ? undefined : wrong('other bytes'))
      count.command(
        `trial ${trial}`,
        ended,
        () => (ended.code === 0 ? same() : wrong('not resumed')),
        {
          costs: false,
        },
      )
    }
    return count.outcome()
  },
}
