import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { tablesOf } from '@kshot/results'
import { describe, expect, it } from 'vitest'
import { datasetsText } from '../docs/datasets-text'
import { leaderboardText } from '../docs/leaderboard-text'
import { marked } from '../docs/marked'
import { reproductionsText } from '../docs/reproductions-text'
import { datasetCards } from '../src/catalogue/cards'
import { loadSources } from '../src/report/load'
import { picture } from '../src/report/page/picture'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8')

// Write them again with pnpm docs:results.
describe('what documents say of results is that of the committed ones', () => {
  it('in the README', async () => {
    const written = marked(read('README.md'), 'leaderboard').inside
    const [, folder] = /\]\((leaderboards\/\w+)\)/.exec(written)!
    const tables = tablesOf(await loadSources([`${root}${folder}`]))
    const svg = `${folder}/accuracy.svg`
    expect(written).toBe(`\n${leaderboardText(tables, { folder: folder!, picture: svg })}`)
    expect(read(svg)).toBe(picture(tables))
  })

  it('in docs/results.md', () => {
    const written = marked(read('docs/results.md'), 'reproductions').inside
    expect(written).toBe(`\n${reproductionsText(root)}`)
  })
})

it('the table of data sets is that of their cards', () => {
  const written = marked(read('apps/bench/README.md'), 'data sets').inside
  expect(written).toBe(`\n${datasetsText(datasetCards)}`)
})

it.each(datasetCards.filter(({ licence }) => licence !== undefined))(
  'the README says of the package of $name what its card says',
  ({ factory, sentence }) => {
    const folder = factory.package.replace('@kshot', 'packages')
    const row = `| [\`${factory.package}\`](${folder}) | an embedded data set: ${sentence}`
    expect(read('README.md')).toContain(row)
  },
)
