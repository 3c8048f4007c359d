import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  csv,
  json,
  latex,
  markdown,
  parseLog,
  parseResults,
  resultsText,
  rowOfRun,
  tablesOf,
} from '@kshot/results'
import fc from 'fast-check'
import { checked } from '../../src/checking/checked'
import { parseConfig, readConfig } from '../../src/configuration/config'
import { leaderboardSchema } from '../../src/leaderboard/schema'
import { published } from '../../src/report/published'
import { rowOfFolder } from '../../src/running/run-row'
import { aRun, tiny, tinyBoard } from '../a-run'
import { type Attack, REFUSED } from '../attack'
import { folderFor, made } from '../command'
import { damage } from '../damage'
import { mutation } from '../hostile-json'
import { inputs } from '../random'
import { type Fault, tally, wrong } from '../tally'

const change = fc.oneof(
  {
    weight: 3,
    arbitrary: mutation.map(
      ({ apply }) =>
        (text: string) =>
          JSON.stringify(apply(JSON.parse(text))) ?? '',
    ),
  },
  {
    weight: 1,
    arbitrary: damage.map(
      ({ apply }) =>
        (text: string) =>
          Buffer.from(apply(Buffer.from(text))).toString('latin1'),
    ),
  },
)

/** Configurations, results, rows, logs: by their values, and by their bytes. */
export const attack: Attack = {
  name: 'mutated JSON',
  promise:
    'a configuration, result, row or log is refused, or what is made from it is whole and says what its scores say',
  attempts: { full: 1_000, short: 100 },
  bound: REFUSED,
  async run(n) {
    const count = tally(this.bound)
    const folder = folderFor('json')
    const source = await aRun(made(folder, 'run'))
    const row = rowOfFolder(source.folder)
    const files = [
      ['configuration', JSON.stringify(tiny), configuration],
      ['leaderboard', JSON.stringify(tinyBoard), leaderboard],
      ['results', resultsText([row]).trim(), results],
      ['result', source.text('result'), (text: string) => report({ result: text })],
      [
        'episodes',
        source.text('episodes').split('\n')[0]!,
        (line: string) =>
          report({ episodes: [line, ...source.text('episodes').split('\n').slice(1)].join('\n') }),
      ],
      [
        'log',
        source.text('log').split('\n')[0]!,
        (line: string) => parseLog([line, ...source.text('log').split('\n').slice(1)].join('\n')),
      ],
    ] as const
    let i = 0
    for (const apply of inputs(change, n)) {
      const [name, text, read] = files[i % files.length]!
      const changed = apply(text)
      const judge = (made: unknown) => (typeof made === 'string' ? unwhole(made) : undefined)
      await count.attempt(`${name} ${i}`, () => read(changed), judge)
      i++
    }
    return count.outcome()

    async function configuration(text: string) {
      const path = join(folder, 'c.json')
      writeFileSync(path, text)
      parseConfig(await readConfig(path))
    }
    async function leaderboard(text: string) {
      const path = join(folder, 'b.json')
      writeFileSync(path, text)
      checked(leaderboardSchema, await readConfig(path))
    }
    function results(text: string): string {
      const sources = parseResults(text).map((one) => ({ path: 'x', row: one, run: false }))
      const tables = tablesOf(sources, published())
      return [csv(tables), json(tables), latex(tables), markdown(tables)].join('')
    }
    function report(changed: { readonly result?: string; readonly episodes?: string }): string {
      const texts = {
        result: source.text('result'),
        episodes: source.text('episodes'),
        log: source.text('log'),
      }
      const made = rowOfRun({ name: 'x', ...texts, ...changed })
      return results(resultsText([made]))
    }
  },
}

function unwhole(text: string): Fault | undefined {
  const odd = /\b(undefined|\[object Object\])/.exec(text)
  return odd
    ? wrong(`'${odd[0]}' in a report: …${text.slice(Math.max(0, odd.index - 60), odd.index + 40)}`)
    : undefined
}
