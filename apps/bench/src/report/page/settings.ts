import { drawnName, type Table } from '@kshot/results'
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
      const fixed = key === 'shots' ? `${drawnName(ways ?? 0)}-way` : `${drawnName(shots)}-shot`
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
  const of = (name: string) =>
    points.filter((point) => point.name === name).sort((a, b) => a.x - b.x)
  const shown = names.map((name) => clipped(name, 15))
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b)
  const options = {
    marginLeft: 42,
    marginTop: 30,
    marginBottom: 40,
    marginRight: 18 + Math.max(...shown.map((name) => textWidth(name))),
    x: { type: 'log' as const, axis: null, domain: [xs[0]! * 0.94, xs.at(-1)! * 1.02] },
    y: percentAxis('accuracy, %'),
  }
  const lines = names.flatMap((name) => {
    const { colour, symbol, dashed } = looks.get(name)!
    const at = { x: 'x', y: 'y', stroke: colour } as const
    return [
      line(of(name), { ...at, strokeWidth: 2, ...(dashed && { strokeDasharray: '5 3' }) }),
      ruleX(of(name), { x: 'x', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1.5 }),
      dot(of(name), { ...at, fill: colour, symbol: symbol, r: 4 }),
    ]
  })
  const marks = [logAxis(xs, String, `${key} (logarithmic)`), ...lines]
  const scale = plotted({ ...options, marks }).scale('y')!
  const ends = names.map((name) => scale.apply(of(name).at(-1)!.y))
  const heights = spread(ends, 36, HEIGHT - 44)
  const endNames = names.map((name, i) =>
    text([of(name).at(-1)!], {
      x: 'x',
      y: 'y',
      text: () => shown[i]!,
      dx: 10,
      dy: heights[i]! - ends[i]!,
      textAnchor: 'start' as const,
      fill: looks.get(name)!.colour,
    }),
  )
  const words = points.map(({ name, x, y }) => `${name} ${(100 * y).toFixed(1)} % at ${x}`)
  return figure(
    { ...options, marks: [...marks, ...endNames] },
    `Accuracy against ${key}, ${title}: ${words.join('; ')}`,
    html`<b>Accuracy against ${key}</b>, ${title}.`,
  )
}
