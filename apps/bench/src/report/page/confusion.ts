import { type Confusion, firm, type Line } from '@kshot/results'
import { cell, text } from '@observablehq/plot'
import { figure, textWidth } from './chart'
import { folded } from './folded'
import { type Html, html } from './markup'

/** So many learners are shown at once where there are few groups. */
const FEW_GROUPS = 8
const STRONGEST = 0.55

/** What of one group was taken for another, for each learner. */
export function confusionCharts(lines: readonly Line[]): Html | undefined {
  const found = lines.flatMap((line) => {
    const total = sumOf(line.rows.flatMap(({ confusion }) => (confusion ? [confusion] : [])))
    return total && mixed(total) ? [{ name: line.name, total }] : []
  })
  if (found.length === 0) return undefined
  const { groups } = found[0]!.total
  return groups.length <= FEW_GROUPS ? heatmaps(found) : heatmapAndLists(found)
}

const HOW =
  'Rows: true class. Columns: predicted class. In per cent of each row, over all test queries'

/** For few groups a heat map a learner, all with the same scale. */
function heatmaps(found: readonly Found[]): Html {
  const most = Math.max(...found.flatMap(({ total }) => wrongOf(total).map(({ share }) => share)))
  const charts = found.map(({ name, total }) => heatmap(name, total, most))
  return html`<p class="meta">${HOW}; a colour means the same share for all learners.</p>
${folded(charts, 3, 'grid')}`
}

/** For many groups a heat map of the best, where there is room for one; of the others what is most frequent. */
function heatmapAndLists([best, ...others]: readonly Found[]): Html {
  const { name, total } = best!
  const most = Math.max(...wrongOf(total).map(({ share }) => share))
  return html`<p class="meta">${HOW}.</p><div class="wide single">${heatmap(name, total, most)}</div>
<div class="narrow">${list(best!)}</div>
${others.length > 0 && html`<details><summary>${others.length} more</summary><div class="grid">${others.map(list)}</div></details>`}`
}

/** Over the seeds, where they have the same groups. */
function sumOf([first, ...others]: readonly Confusion[]): Confusion | undefined {
  if (!first || others.some(({ groups }) => groups.join() !== first.groups.join())) return undefined
  const counts = first.counts.map((row, i) =>
    row.map((n, j) => others.reduce((sum, other) => sum + other.counts[i]![j]!, n)),
  )
  return { groups: first.groups, counts }
}

/** Whether one group was ever taken for another. */
function mixed({ counts }: Confusion): boolean {
  return counts.some((row, i) => row.some((n, j) => i !== j && n > 0))
}

interface Found {
  readonly name: string
  readonly total: Confusion
}

interface Cell {
  readonly truth: string
  readonly predicted: string
  readonly share: number
}

function heatmap(name: string, total: Confusion, most: number): Html {
  const { groups, counts } = total
  const used = groups.filter((_, i) => counts[i]!.some((n) => n > 0))
  const wrong = wrongOf(total)
  const few = groups.length <= FEW_GROUPS
  const width = few ? 320 : 720
  const left = 12 + Math.max(...groups.map((group) => textWidth(group, few ? 13 : 12)))
  const side = (width - left - 6) / groups.length
  const names = Math.max(...groups.map((group) => textWidth(group, 12)))
  const turned = names > side
  const top = turned ? Math.min(140, names + 8) : 24
  return figure(
    {
      width,
      height: top + 6 + Math.min(side, 64) * used.length,
      marginLeft: left,
      marginTop: top,
      marginRight: 6,
      marginBottom: 6,
      style: { fontSize: few ? '13px' : '12px' },
      x: {
        axis: 'top',
        domain: groups,
        label: null,
        tickSize: 0,
        ...(turned && { tickRotate: -90 }),
      },
      y: { domain: used, label: null, tickSize: 0 },
      marks: cellMarks(
        cellsOf(total).filter(({ truth }) => used.includes(truth)),
        most,
        few,
      ),
    },
    `Confusion of ${name}: rows are true classes, columns predicted classes, in per cent of each row. Most often: ${worst(wrong)}`,
    html`<b>${name}</b>. Most often: ${firm(worst(wrong))}.`,
  )
}

/** The cells in their colours, and the numbers of those that have room or matter. */
function cellMarks(cells: readonly Cell[], most: number, few: boolean) {
  const opacity = ({ truth, predicted, share }: Cell) =>
    // Never so strong that the numbers could not be read on it.
    STRONGEST * (truth === predicted ? share : share / most)
  return [
    cell(cells, {
      x: 'predicted',
      y: 'truth',
      inset: 0.75,
      rx: 2,
      fill: (c: Cell) => (c.truth === c.predicted ? 'var(--right)' : 'var(--wrong)'),
      fillOpacity: opacity,
    }),
    text(
      cells.filter((c) => few || c.truth === c.predicted || c.share >= 0.3 * most),
      {
        x: 'predicted',
        y: 'truth',
        fontSize: few ? 13 : 10,
        text: ({ share }: Cell) => (100 * share).toFixed(few || share < 0.0995 ? 1 : 0),
      },
    ),
  ]
}

/** What was most often taken for what. */
function list({ name, total }: Found): Html {
  const top = wrongOf(total)
    .sort((a, b) => b.share - a.share)
    .slice(0, 10)
  const items = top.map(
    ({ truth, predicted, share }) =>
      html`<li>${truth} taken for ${predicted}: ${(100 * share).toFixed(1)} %</li>`,
  )
  return html`<div class="card"><p><b>${name}</b>, most often:</p><ol>${items}</ol></div>`
}

function wrongOf(total: Confusion): Cell[] {
  return cellsOf(total).filter(({ truth, predicted, share }) => truth !== predicted && share > 0)
}

function cellsOf({ groups, counts }: Confusion): Cell[] {
  return groups.flatMap((truth, i) => {
    const total = counts[i]!.reduce((sum, n) => sum + n, 0)
    return groups.map((predicted, j) => ({
      truth,
      predicted,
      share: total === 0 ? 0 : counts[i]![j]! / total,
    }))
  })
}

function worst(wrong: readonly Cell[]): string {
  const top = [...wrong].sort((a, b) => b.share - a.share).slice(0, 2)
  return top
    .map(
      ({ truth, predicted, share }) =>
        `${truth} taken for ${predicted} (${(100 * share).toFixed(1)} %)`,
    )
    .join(', ')
}
