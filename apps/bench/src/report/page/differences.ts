import { firm, gapText, type Line, meanOverSeeds, pText } from '@kshot/results'
import { binX, type RectYOptions, rectY, ruleX, ruleY } from '@observablehq/plot'
import { figure } from './chart'
import { folded } from './folded'
import { type Html, html } from './markup'
import type { Look } from './palette'

const BINS = 28
/** So many are shown at once. */
const SHOWN = 6

/** How much each learner differs from the first, episode by episode. */
export function differenceCharts(
  [best, ...others]: readonly Line[],
  looks: ReadonlyMap<string, Look>,
): Html | undefined {
  if (!best || others.length === 0) return undefined
  const first = meanOverSeeds(best.rows.map(({ scores }) => scores))
  const all = others.map((line) => ({
    line,
    values: meanOverSeeds(line.rows.map(({ scores }) => scores)).map((v, i) => v - first[i]!),
  }))
  const domain = domainOf(all.flatMap(({ values }) => values))
  const step = (domain[1] - domain[0]) / BINS
  const thresholds = Array.from({ length: BINS - 1 }, (_, i) => domain[0] + (i + 1) * step)
  const most = Math.max(...all.map(({ values }) => fullest(values, thresholds)))
  const charts = all.map(({ line, values }) => {
    const { colour } = looks.get(line.name)!
    return histogram(line, best.name, values, { domain, thresholds, most, colour })
  })
  return folded(charts, SHOWN, 'grid')
}

/** From the lowest to the highest, with 0 and some room around it, in steps of 5 points. */
function domainOf(values: readonly number[]): [low: number, high: number] {
  const low = Math.min(-0.05, ...values)
  const high = Math.max(0.05, ...values)
  return [Math.floor(low * 20 - 0.1) / 20, Math.ceil(high * 20 + 0.1) / 20]
}

interface Axes {
  readonly domain: [low: number, high: number]
  readonly thresholds: number[]
  readonly most: number
  readonly colour: string
}

function histogram(line: Line, best: string, values: readonly number[], axes: Axes): Html {
  const { domain, most } = axes
  const { adjustedP } = line.toBest!
  const better = values.filter((v) => v > 0).length
  const worse = values.filter((v) => v < 0).length
  const words = `${gapText(line.toBest!)} points, ${pText(adjustedP)}; better in ${better}, worse in ${worse} of ${values.length} episodes`
  return figure(
    {
      width: 360,
      height: 190,
      marginLeft: 34,
      marginRight: 10,
      marginTop: 12,
      marginBottom: 38,
      x: {
        domain,
        label: 'points',
        labelArrow: 'none',
        ticks: 5,
        tickFormat: (v: number) =>
          `${v > 0 ? '+' : v < 0 ? '−' : ''}${Math.round(Math.abs(100 * v))}`,
      },
      y: { label: null, domain: [0, 1.14 * most], ticks: 3, grid: true },
      marks: marksOf(values, line.toBest!.difference.interval, axes),
    },
    `Histogram of the accuracy of ${line.name} minus that of ${best}, episode by episode: ${words}`,
    html`<b>${line.name}</b> minus ${best}: ${firm(words)}.`,
  )
}

/** The bars, a line at no difference, and the interval above them. */
function marksOf(
  values: readonly number[],
  [low, high]: readonly [low: number, high: number],
  { thresholds, most, colour }: Axes,
) {
  return [
    rectY(
      values.map((value) => ({ value })),
      binX<RectYOptions>(
        { y: 'count' },
        {
          x: 'value',
          thresholds,
          fill: colour,
          fillOpacity: 0.55,
          inset: 0.5,
        },
      ),
    ),
    ruleY([0], { strokeOpacity: 0.5 }),
    ruleX([0], { strokeDasharray: '3 3', strokeOpacity: 0.7 }),
    ruleY([1.08 * most], { x1: low, x2: high, stroke: colour, strokeWidth: 4 }),
  ]
}

function fullest(values: readonly number[], thresholds: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) {
    const bin = thresholds.filter((t) => t <= value).length
    counts.set(bin, (counts.get(bin) ?? 0) + 1)
  }
  return Math.max(1, ...counts.values())
}
