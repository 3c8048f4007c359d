import {
  accuracyText,
  allPrintable,
  type Budget,
  count,
  EPISODES_FOR_A_RANKING,
  type FailedRow,
  gapText,
  type Line,
  msText,
  queriesName,
  type Table as RankedTable,
  SEEDS_FOR_CLAIMS,
  seedsText,
  trainTimeText,
  untrainedText,
} from '@kshot/results'
import Table from 'cli-table3'
import { type Colours, coloursOf, speed } from '../terminal/text'

/** Where there is no terminal. */
const COLUMNS = 100

/** Leaderboards for people, as wide as the terminal: costs stand beside the ranking, or below it. */
export function boardText(tables: readonly RankedTable[], stream: NodeJS.WriteStream): string {
  const colours = coloursOf(stream)
  return allPrintable(tables)
    .map((table) => section(table, colours, stream.columns ?? COLUMNS))
    .join('\n')
}

type Column = readonly [
  title: string,
  text: (line: Line, letters: Letters) => string,
  left?: 'left',
]

const RANKING: readonly Column[] = [
  ['#', ({ ranked }) => String(ranked.rank)],
  ['learner', ({ name, differs }, letters) => [name, ...letters.of(differs)].join(' '), 'left'],
  ['accuracy, %', accuracyText],
  ['vs. best', ({ toBest }) => (toBest ? gapText(toBest) : '')],
  ['seeds', seedsText],
]
const COSTS: readonly Column[] = [
  ['training', trainTimeText],
  ['images/s', ({ costs }) => speed(costs.trainImagesPerSecond)],
  ['per task', ({ costs }) => msText(costs.adaptPredictMs)],
  ['MiB', ({ costs }) => count(Math.round(costs.peakMemoryBytes / 2 ** 20))],
  ['parameters', ({ costs }) => count(Math.round(costs.parameters))],
]

function section(table: RankedTable, colours: Colours, columns: number): string {
  const { lines, failed } = table
  const failures = failed.map((row) => failure(row, colours))
  const name = colours.bold(nameOf(table))
  if (lines.length === 0) return [name, ...failures, ''].join('\n')
  const letters = lettersOf(lines)
  const all = grid(lines, [...RANKING, ...COSTS], letters, colours)
  const fits = widthOf(all) <= columns
  const grids = fits
    ? [all]
    : [
        grid(lines, RANKING, letters, colours),
        grid(lines, [RANKING[1]!, ...COSTS], letters, colours),
      ]
  const about = wrapped(aboutOf(table), columns)
  const notes = [...letters.legend, ...notesOf(table)].flatMap((note) => wrapped(note, columns))
  const shown = notes.map((note) => colours.dim(note))
  return [name, ...about, ...grids, ...failures, ...shown, ''].join('\n')
}

/** What was tested on what, below the name of the setting. */
function aboutOf({ title, setting, budget, lines }: RankedTable): string {
  const { episodes } = lines[0]!.ranked
  const parts = [title, queriesName(setting!), `${count(episodes)} test episodes`]
  return [...parts, `trained on ${budgetText(budget)}`].join(', ')
}

function nameOf({ lines, failed }: RankedTable): string {
  return (lines[0]?.rows[0] ?? failed[0]!).cell.setting
}

function budgetText({ by, amount }: Budget): string {
  return by === 'seconds' ? `${count(amount)} s of wall-clock` : `at most ${count(amount)} ${by}`
}

function grid(
  lines: readonly Line[],
  columns: readonly Column[],
  letters: Letters,
  { dim, bold }: Colours,
): string {
  const table = new Table({
    head: columns.map(([title]) => dim(title)),
    style: { head: [], border: [], 'padding-left': 1, 'padding-right': 1 },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    colAligns: columns.map(([, , left]) => left ?? 'right'),
  })
  for (const line of lines) {
    const cells = columns.map(([, text]) => text(line, letters))
    table.push(line.ranked.rank === 1 ? cells.map((cell) => bold(cell)) : cells)
  }
  return table.toString()
}

/** Letters for the conditions in which learners differ from most of their table. */
interface Letters {
  of(differs: readonly string[]): string[]
  readonly legend: readonly string[]
}

function lettersOf(lines: readonly Line[]): Letters {
  const all = [...new Set(lines.flatMap(({ differs }) => differs))]
  const letter = (condition: string) => `[${String.fromCharCode(97 + all.indexOf(condition))}]`
  return {
    of: (differs) => differs.map(letter),
    legend:
      all.length > 0
        ? [
            `Unlike most here: ${all.map((condition) => `${letter(condition)} ${condition}`).join(', ')}.`,
          ]
        : [],
  }
}

function failure({ cell, reason }: FailedRow, { red }: Colours): string {
  const what = `${cell.learner}, ${cell.backend}, seed ${cell.seed}`
  return `${red('failed')}  ${what}: ${reason.code}, ${reason.got}`
}

function notesOf(table: RankedTable): string[] {
  const { lines, ranking, budget } = table
  const untrained = untrainedText(table)
  const { episodes } = lines[0]!.ranked
  const seeds = Math.min(...lines.map(({ ranked }) => ranked.seeds))
  const about =
    ranking.claim === 'learners'
      ? `${seeds} seeds: what is significant over seeds too (kshot compare) is a statement about the learners.`
      : `The ranking holds for these checkpoints and seeds; claims about learners need ${SEEDS_FOR_CLAIMS} seeds or more.`
  return [
    ...(untrained === undefined ? [] : [untrained]),
    `# is one more than the number of learners that are significantly better (paired t tests over the same episodes, Holm-adjusted); ± is each learner's 95 % interval. ${about}`,
    ...(episodes < EPISODES_FOR_A_RANKING
      ? [`Fewer than ${EPISODES_FOR_A_RANKING} test episodes: too few for a ranking.`]
      : []),
    ...(budget.by === 'seconds'
      ? ['All learners had the same time: this ranks kernels and machines as much as learners.']
      : []),
    ...(lines.some(({ ranked }) => ranked.seeds !== lines[0]!.ranked.seeds)
      ? ['Not all learners have the same number of seeds.']
      : []),
  ]
}

function widthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no room
  return Math.max(...text.split('\n').map((line) => line.replace(/\u001b\[\d+m/g, '').length))
}

function wrapped(text: string, columns: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1)!
    if (last !== '' && last.length + 1 + word.length > columns) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}
