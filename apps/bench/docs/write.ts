// Writes what documents say of committed results, and of data sets: the README's leaderboard, docs/results.md,
// apps/bench/README.md. `pnpm docs:results`.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { tablesOf } from '@kshot/results'
import { datasetCards } from '../src/catalogue/cards'
import { loadSources } from '../src/report/load'
import { picture } from '../src/report/page/picture'
import { datasetsText } from './datasets-text'
import { leaderboardText } from './leaderboard-text'
import { marked } from './marked'
import { reproductionsText } from './reproductions-text'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const FOLDER = 'leaderboards/omniglot'
const PICTURE = `${FOLDER}/accuracy.svg`

const tables = tablesOf(await loadSources([`${root}${FOLDER}`]))
writeFileSync(`${root}${PICTURE}`, picture(tables))
write('README.md', 'leaderboard', leaderboardText(tables, { folder: FOLDER, picture: PICTURE }))
write('docs/results.md', 'reproductions', reproductionsText(root))
write('apps/bench/README.md', 'data sets', datasetsText(datasetCards))

function write(file: string, name: string, text: string): void {
  const { before, after } = marked(readFileSync(`${root}${file}`, 'utf8'), name)
  writeFileSync(`${root}${file}`, `${before}\n${text}${after}`)
}
