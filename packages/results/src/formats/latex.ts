import { count } from '../describe'
import { allPrintable } from '../printable'
import { protocolSign } from '../published-comparison'
import type { Line, Table } from '../tables'
import { msText, plusMinus, trainTimeText } from '../words'

/** The tables for a paper: `booktabs`, with the best and its ties in bold. */
export function latex(tables: readonly Table[]): string {
  const parts = allPrintable(tables)
    .filter(({ lines }) => lines.length > 0)
    .map(tabular)
  return `% \\usepackage{booktabs}\n${parts.join('\n')}`
}

function tabular({ title, lines, ranking, episodeSet }: Table): string {
  const papers = lines.some(({ paper }) => paper)
  const head = ['', 'Learner', 'Accuracy (\\%)', 'Seeds', 'Training', 'Per task', 'Parameters']
  const rows = lines.map((line) => `${cellsOf(line, papers).join(' & ')} \\\\`)
  const { episodes } = lines[0]!.ranked
  const caption = `${escapedTex(title)}: mean and 95\\,\\% t~interval over ${count(episodes)} test episodes; rank = one more than the number of significantly better learners (paired t~tests, Holm-adjusted), a statement about ${ranking.claim}. Bold: rank 1.`
  return `% test episodes ${escapedTex(episodeSet)}
\\begin{table}
\\centering
\\caption{${caption}}
\\begin{tabular}{rl${'r'.repeat(5)}${papers ? 'l' : ''}}
\\toprule
${[...head, ...(papers ? ['Paper'] : [])].join(' & ')} \\\\
\\midrule
${rows.join('\n')}
\\bottomrule
\\end{tabular}
\\end{table}
`
}

function cellsOf(line: Line, papers: boolean): string[] {
  const { ranked, costs, name, differs, paper } = line
  const { mean, halfWidth } = ranked.overEpisodes
  const number = `$${plusMinus(mean, halfWidth).replace('±', '\\pm')}$`
  const accuracy = ranked.rank === 1 ? `\\textbf{\\boldmath ${number}}` : number
  return [
    String(ranked.rank),
    escapedTex(differs.length > 0 ? `${name} (${differs.join('; ')})` : name),
    accuracy,
    String(ranked.seeds),
    trainTimeText(line).replace('–', '--'),
    escapedTex(msText(costs.adaptPredictMs)),
    count(Math.round(costs.parameters)),
    ...(papers
      ? [paper ? `${(100 * paper.accuracy).toFixed(1)} ${escapedTex(protocolSign(paper))}` : '--']
      : []),
  ]
}

const SPECIAL: { readonly [character: string]: string } = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '≠': '$\\neq$',
  '–': '--',
  '−': '$-$',
  '±': '$\\pm$',
}

/** Text in which nothing is a command. */
export function escapedTex(text: string): string {
  return text.replace(/[\\~^≠–−±&%$#_{}]/g, (c) => SPECIAL[c] ?? `\\${c}`)
}
