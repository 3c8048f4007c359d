import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { tablesOf } from '@kshot/results'
import { describe, expect, it } from 'vitest'
import { leaderboardText } from '../docs/leaderboard-text'
import { marked } from '../docs/marked'
import { reproductionsText } from '../docs/reproductions-text'
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
