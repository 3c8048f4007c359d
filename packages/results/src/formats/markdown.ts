import { count, queriesName } from '../describe'
import { allPrintable } from '../printable'
import type { Line, Table } from '../tables'
import { untrainedText } from '../untrained'
import { accuracyText, gapText, msText, paperText, pText, seedsText, trainTimeText } from '../words'

type Column = readonly [title: string, text: (line: Line) => string, right: boolean]

const COLUMNS: readonly Column[] = [
  ['#', ({ ranked }) => String(ranked.rank), true],
  [
    'learner',
    ({ name, differs }) =>
      [name, ...differs.map((condition) => `≠ ${condition}`)].map(escaped).join('; '),
    false,
  ],
  ['accuracy, %', accuracyText, true],
  [
    'vs. best',
    ({ toBest }) => (toBest ? `${gapText(toBest)}, ${pText(toBest.adjustedP)}` : '–'),
    true,
  ],
  ['seeds', seedsText, true],
  ['training', trainTimeText, true],
  ['per task', ({ costs }) => msText(costs.adaptPredictMs), true],
  ['parameters', ({ costs }) => count(Math.round(costs.parameters)), true],
  ['trials', ({ rows: [row] }) => String(row!.labels.tuningTrials || '–'), true],
  ['paper', ({ paper }) => paperText(paper), false],
]

/** The tables as Markdown. */
export function markdown(tables: readonly Table[]): string {
  return `${allPrintable(tables).map(section).join('\n\n')}\n`
}

function section(table: Table): string {
  const { title, lines, failed, setting, budget, episodeSet } = table
  const heading = `## ${escaped(title)}${budget.by === 'seconds' ? ', trained for the same time' : ''}`
  const failures = failed.map(
    ({ cell, reason }) =>
      `- failed: ${escaped(cell.learner)}, seed ${cell.seed}: ${escaped(reason.code)}, ${escaped(reason.got)}`,
  )
  if (lines.length === 0) return [heading, ...failures].join('\n\n')
  const { episodes } = lines[0]!.ranked
  const about = `${count(episodes)} test episodes (${escaped([...episodeSet].slice(0, 12).join(''))}…), ${queriesName(setting!)}, split ${escaped(setting!.split)}. ± is the 95 % t interval over episodes. Equal ranks are ties.`
  const untrained = untrainedText(table)
  const notes = untrained === undefined ? [] : [escaped(untrained)]
  return [
    heading,
    about,
    grid(lines),
    ...notes,
    ...(failures.length > 0 ? [failures.join('\n')] : []),
  ].join('\n\n')
}

function grid(lines: readonly Line[]): string {
  const papers = lines.some(({ paper }) => paper)
  const columns = COLUMNS.filter(([title]) => title !== 'paper' || papers)
  const rows = [
    columns.map(([title]) => title),
    columns.map(([, , right]) => (right ? '---:' : '---')),
    ...lines.map((line) => columns.map(([, text]) => text(line).replaceAll('|', '\\|'))),
  ]
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Text in which nothing is HTML, a link, or emphasis; bars are for {@link grid} to escape. */
function escaped(text: string): string {
  return text
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*[\]]/g, (character) => `\\${character}`)
}
