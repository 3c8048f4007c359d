import { rangeText, type Table } from '@kshot/results'
import { dot, line, ruleX, text } from '@observablehq/plot'
import { clipped, figure, HEIGHT, logAxis, percentAxis, plotted, textWidth } from './chart'
import { spread } from './labels'
import { type Html, html } from './markup'
import type { Look } from './palette'

type Key = 'shots' | 'ways'

interface Point {
  readonly name: string
  readonly x: number
  readonly y: number
  readonly low: number
  readonly high: number
}

/** Accuracy against the number of shots, and of ways, where tables differ in nothing else. */
export function settingCharts(tables: readonly Table[], looks: ReadonlyMap<string, Look>): Html[] {
  const charts: Html[] = []
  for (const key of ['shots', 'ways'] as const) {
    const groups = new Map<string, Table[]>()
    for (const table of tables) {
      if (!table.setting) continue
      const { dataset, split, ways, shots } = table.setting
      const fixed = key === 'shots' ? `${rangeText(ways ?? 0)}-way` : `${rangeText(shots)}-shot`
      const group = `${dataset} (${split}), ${fixed}${table.budget.by === 'seconds' ? ', by time' : ''}`
      groups.set(group, [...(groups.get(group) ?? []), table])
    }
    for (const [title, group] of groups) {
      const points = pointsOf(group, key)
      if (new Set(points.map(({ x }) => x)).size > 1) charts.push(chart(title, key, points, looks))
    }
  }
  return charts
}

/** Of learners that are in more than one of the tables. */
function pointsOf(tables: readonly Table[], key: Key): Point[] {
  const all = tables.flatMap(({ setting, lines }) => {
    const x = setting![key]
    if (typeof x !== 'number') return []
    return lines.map(({ name, ranked: { overEpisodes } }) => {
      const [low, high] = overEpisodes.interval
      return { name, x, y: overEpisodes.mean, low, high }
    })
  })
  const values = (name: string) => new Set(all.filter((p) => p.name === name).map(({ x }) => x))
  return all.filter(({ name }) => values(name).size > 1)
}

function chart(
  title: string,
  key: Key,
  points: readonly Point[],
  looks: ReadonlyMap<string, Look>,
): Html {
  const names = [...new Set(points.map(({ name }) => name))]
  const curves = names.map((name): Curve => {
    const own = points.filter((point) => point.name === name).sort((a, b) => a.x - b.x)
    return { name: clipped(name, 15), points: own, look: looks.get(name)! }
  })
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b)
  const options = {
    marginLeft: 42,
    marginTop: 30,
    marginBottom: 40,
    marginRight: 18 + Math.max(...curves.map(({ name }) => textWidth(name))),
    x: { type: 'log' as const, axis: null, domain: [xs[0]! * 0.94, xs.at(-1)! * 1.02] },
    y: percentAxis('accuracy, %'),
  }
  const marks = [logAxis(xs, String, `${key} (logarithmic)`), ...curves.flatMap(marksOf)]
  const scale = plotted({ ...options, marks }).scale('y')!
  const endNames = namesAtEnds(curves, (y) => scale.apply(y))
  const words = points.map(({ name, x, y }) => `${name} ${(100 * y).toFixed(1)} % at ${x}`)
  return figure(
    { ...options, marks: [...marks, ...endNames] },
    `Accuracy against ${key}, ${title}: ${words.join('; ')}`,
    html`<b>Accuracy against ${key}</b>, ${title}.`,
  )
}

interface Curve {
  readonly name: string
  readonly points: readonly Point[]
  readonly look: Look
}

/** A line, with the intervals and a symbol at each point. */
function marksOf({ points, look: { colour, symbol, dashed } }: Curve) {
  const at = { x: 'x', y: 'y', stroke: colour } as const
  return [
    line(points, { ...at, strokeWidth: 2, ...(dashed && { strokeDasharray: '5 3' }) }),
    ruleX(points, { x: 'x', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1.5 }),
    dot(points, { ...at, fill: colour, symbol, r: 4 }),
  ]
}

/** A name beside the last point of each curve, moved where two would overlap. */
function namesAtEnds(curves: readonly Curve[], heightOf: (accuracy: number) => number) {
  const ends = curves.map(({ points }) => heightOf(points.at(-1)!.y))
  const heights = spread(ends, 36, HEIGHT - 44)
  return curves.map(({ name, points, look }, i) =>
    text([points.at(-1)!], {
      x: 'x',
      y: 'y',
      text: () => name,
      dx: 10,
      dy: heights[i]! - ends[i]!,
      textAnchor: 'start' as const,
      fill: look.colour,
    }),
  )
}
