import { fork } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cpu } from '@kshot/backend-cpu'
import { cached, createClassifier, customEncoder, useBackend } from '@kshot/core'
import { file, folderStore } from '@kshot/core/node'
import { tiny, tinyBoard, writtenJson } from '../a-run'
import type { Attack } from '../attack'
import { built } from '../built'
import { type Ended, folderFor, kshot, start } from '../command'
import { fingerprint, leftIn, rowsOf } from '../same-run'
import { type Fault, lost, tally, wrong } from '../tally'
import { UNBOUNDED } from '../unbounded'

/** Two of kshot at the same moment on each file that it writes. */
export const attack: Attack = {
  name: 'two processes',
  promise:
    'of two that write the same folder one is told to wait; a file that both write is one of the two, whole',
  attempts: { full: 40, short: 0 },
  bound: UNBOUNDED,
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('two')
    const config = writtenJson(join(folder, 'c.json'), tiny)
    const board = writtenJson(join(folder, 'b.json'), tinyBoard)
    const whole = join(folder, 'whole')
    const wholeBoard = join(folder, 'whole-board')
    await kshot(['run', config, '--out', whole, '--quiet'])
    await kshot(['leaderboard', board, '--out', wholeBoard, '--quiet'])
    const twice = (args: readonly string[]) => Promise.all([kshot(args), kshot(args)])
    const oneIn = (ends: readonly Ended[], same: () => boolean): Fault | undefined => {
      if (ends.filter(({ code }) => code === 0).length !== 1)
        return wrong(ends.map((e) => e.said).join())
      return same() ? undefined : lost('other bytes')
    }
    for (let i = 0; i < n; i++) {
      let out = join(folder, `o${i}`)
      const kind = i % 4
      if (kind === 0) {
        const ends = await twice(['run', config, '--out', out, '--quiet'])
        for (const end of ends) count.command(`run ${i}`, end, undefined, { costs: false })
        count.check(
          `run ${i}`,
          oneIn(ends, () => fingerprint(out) === fingerprint(whole)),
        )
      } else if (kind === 1) {
        const { child, ended } = start(['run', config, '--out', out, '--quiet'])
        setTimeout(() => child.kill('SIGKILL'), 2500)
        await ended
        const begun = existsSync(join(out, 'config.json')) && !existsSync(join(out, 'result.json'))
        // A folder that was killed too early or too late to resume keeps its lock.
        if (!begun) out = `${out}x`
        const what = begun ? '--resume' : config
        const ends = await twice(['run', what, '--out', out, '--quiet'])
        for (const end of ends) count.command(`resumed ${i}`, end, undefined, { costs: false })
        // The second may come when the first is done: then it has nothing to do.
        const some = ends.some(({ code }) => code === 0)
        const same = some && fingerprint(out) === fingerprint(whole)
        count.check(`resumed ${i}`, same ? undefined : lost('other bytes'))
      } else if (kind === 2) {
        const ends = await twice(['leaderboard', board, '--out', out, '--quiet'])
        for (const end of ends) count.command(`board ${i}`, end, undefined, { costs: false })
        count.check(
          `board ${i}`,
          oneIn(ends, () => rowsOf(out) === rowsOf(wholeBoard)),
        )
      } else {
        const page = join(folder, 'r.md')
        const ends = await twice(['report', wholeBoard, '-o', page, '--quiet'])
        for (const end of ends) count.command(`report ${i}`, end, undefined, { costs: false })
        count.check(`stores ${i}`, await stores(folder, i))
      }
      count.check(`left ${i}`, leftIn(out).length > 0 ? wrong(`${leftIn(out)}`) : undefined)
      rmSync(out, { recursive: true, force: true })
    }
    return count.outcome()
  },
}

/** A saved classifier and cached embeddings that two processes write at once. */
async function stores(folder: string, i: number): Promise<Fault | undefined> {
  await useBackend(cpu())
  const writers = [0, 1].map(() => fork(built('writer.js'), [folder, String(i)]))
  const codes = await Promise.all(
    writers.map((writer) => new Promise((resolve) => writer.on('exit', resolve))),
  )
  if (codes.some((code) => code !== 0)) return wrong(`writers ended with ${codes}`)
  const classifier = await createClassifier({ encoder: letters() })
  await classifier.load(file(join(folder, `saved${i}`)))
  const { label } = await classifier.predict('aa')
  classifier.dispose()
  if (label !== 'a') return wrong(`the label ${label}`)
  const known = cached(letters(), folderStore(join(folder, `cache${i}`)))
  const rows = await known.encode(['aa', 'bb'])
  const right = (await rows.data()).join() === [2, 0, 0, 2].join()
  rows.dispose()
  return right ? undefined : wrong('other embeddings')
}

/** How many a and b are in a text. */
export function letters() {
  const counts = (text: string) => ['a', 'b'].map((letter) => text.split(letter).length - 1)
  return customEncoder<string>({
    name: 'letters',
    dimensions: 2,
    encode: (texts) => texts.map(counts),
  })
}
