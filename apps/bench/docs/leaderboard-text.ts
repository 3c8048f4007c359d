import { accuracyText, count, msText, settingName, type Table, trainTimeText } from '@kshot/results'

/** A line a learner, in the order of the first table, with its accuracy in each. */
export function leaderboardText(tables: readonly Table[], { folder, picture }: Places): string {
  const [first] = tables as [Table]
  const { episodes } = first.lines[0]!.ranked
  const head = ['#', 'learner', ...tables.map(headOf), 'training', 'per task']
  const rows = first.lines.map((line) => [
    String(line.ranked.rank),
    line.name,
    ...tables.map(({ lines }) => {
      const same = lines.find(({ name }) => name === line.name)
      return same ? accuracyText(same) : '–'
    }),
    trainTimeText(line),
    msText(line.costs.adaptPredictMs),
  ])
  const aligned = head.map((_, i) => (i === 1 ? '---' : '---:'))
  const grid = [head, aligned, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const seeds = first.lines[0]!.ranked.seeds
  const several = tables.length > 1 ? ' in the first of these settings' : ''
  return `${grid}

![accuracy against training time](${picture})

Accuracy in % with its 95 % interval, on the same ${count(episodes)} test episodes for every learner; ${seeds} seeds, at most ${count(first.budget.amount)} training ${first.budget.by} each. ${reused(tables)}A learner’s rank (#) is one more than the number of learners that beat it significantly${several}; it holds for these checkpoints. *Training* and *per task* (adapting and predicting) are times on one thread${several}. Full tables, and where the learners’ conditions differ: [${folder}](${folder}).
`
}

/** What its numbers are of: in full where the data is another than before. */
function headOf({ title, setting, checkpointsOf }: Table, at: number, tables: readonly Table[]) {
  if (!setting || setting.dataset !== tables[at - 1]?.setting?.dataset) return title
  return `${settingName(setting)}${checkpointsOf === undefined ? '' : ' †'}`
}

function reused(tables: readonly Table[]): string {
  const trained = tables.flatMap(({ checkpointsOf }) => checkpointsOf ?? [])
  if (trained.length === 0) return ''
  return `† tested with the checkpoints of ${[...new Set(trained)].join(' and ')}, without further training. `
}

interface Places {
  readonly folder: string
  readonly picture: string
}
