import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { BEGIN, END, leaderboardText } from '../readme/text'
import { loadSources } from '../src/report/load'
import { picture } from '../src/report/page/picture'
import { tablesOf } from '../src/report/tables'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8')

describe("the README's leaderboard", () => {
  it('is that of the committed results: write it again with pnpm readme:leaderboard', async () => {
    const written = read('README.md').split(BEGIN)[1]!.split(END)[0]!
    const [, folder] = /\]\((leaderboards\/\w+)\)/.exec(written)!
    const tables = tablesOf(await loadSources([`${root}${folder}`]))
    const svg = `${folder}/accuracy.svg`
    expect(written).toBe(`\n${leaderboardText(tables, { folder: folder!, picture: svg })}`)
    expect(read(svg)).toBe(picture(tables))
  })
})
