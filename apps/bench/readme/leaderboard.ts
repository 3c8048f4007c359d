// Writes the table and the picture of a committed leaderboard into the README: `pnpm readme:leaderboard`.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadSources } from '../src/report/load'
import { picture } from '../src/report/page/picture'
import { tablesOf } from '../src/report/tables'
import { BEGIN, END, leaderboardText } from './text'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const FOLDER = 'leaderboards/glyphs'
const PICTURE = `${FOLDER}/accuracy.svg`

const tables = tablesOf(await loadSources([`${root}${FOLDER}`]))
const written = readFileSync(`${root}README.md`, 'utf8')
const [before, after] = [written.split(BEGIN)[0]!, written.split(END)[1]!]
const text = leaderboardText(tables, { folder: FOLDER, picture: PICTURE })
writeFileSync(`${root}README.md`, `${before}${BEGIN}\n${text}${END}${after}`)
writeFileSync(`${root}${PICTURE}`, picture(tables))
