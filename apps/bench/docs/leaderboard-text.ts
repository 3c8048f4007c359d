import type { Table } from '../src/report/tables'
import { accuracyText, count, msText, trainTimeText } from '../src/report/words'

/** A line a learner, in the order of the first table, with its accuracy in each. */
export function leaderboardText(tables: readonly Table[], { folder, picture }: Places): string {
  const [first] = tables as [Table]
  const { episodes } = first.lines[0]!.ranked
  const head = ['#', 'learner', ...tables.map(({ title }) => title), 'training', 'a task']
  const rows = first.lines.map((line) => [
    ...[String(line.ranked.rank), line.name],
    ...tables.map(({ lines }) => {
      const same = lines.find(({ name }) => name === line.name)
      return same ? accuracyText(same) : '–'
    }),
    ...[trainTimeText(line), msText(line.costs.adaptPredictMs)],
  ])
  const aligned = head.map((_, i) => (i === 1 ? '---' : '---:'))
  const grid = [head, aligned, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const seeds = first.lines[0]!.ranked.seeds
  return `${grid}

![accuracy against training time](${picture})

Accuracy in % on ${count(episodes)} test episodes, the same for all, ± the 95 % interval over episodes; ${seeds} seeds, at most ${count(first.budget.amount)} training ${first.budget.by}. # is 1 + the number of learners that are significantly better: a statement about these checkpoints. Training and a task (adapting and predicting) on one thread. All of it, with the conditions in which learners differ: [${folder}](${folder}).
`
}

interface Places {
  readonly folder: string
  readonly picture: string
}
