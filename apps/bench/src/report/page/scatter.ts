import { dot, link, ruleX, text } from '@observablehq/plot'
import { count } from '../../text'
import type { Line } from '../tables'
import { duration, msText } from '../words'
import { clipped, figure, HEIGHT, percentAxis, plotted, WIDTH } from './chart'
import { placed } from './labels'
import { type Html, html } from './markup'
import type { Look } from './palette'

type Looks = ReadonlyMap<string, Look>

interface Cost {
  /** What the axis says. */
  readonly title: string
  readonly of: (line: Line) => number | null
  readonly format: (value: number) => string
  readonly caption?: string
}

const COSTS: readonly Cost[] = [
  {
    title: 'training time',
    of: ({ costs }) => costs.trainSeconds,
    format: duration,
    caption: 'Validation included. The mean over the seeds.',
  },
  {
    title: 'time a task',
    of: ({ costs }) => costs.adaptPredictMs,
    format: (ms) => msText(ms),
    caption: 'To adapt to a support set and predict all its queries.',
  },
  { title: 'parameters', of: ({ costs }) => costs.parameters, format: compact },
]

/** Accuracy against what it costs: time to train, time for a task, parameters. */
export function costCharts(lines: readonly Line[], looks: Looks): Html[] {
  return COSTS.flatMap((cost) => {
    const points = pointsOf(lines, cost)
    const values = new Set(points.map(({ x }) => x))
    return points.length < 2 || values.size < 2 ? [] : [costChart(points, lines, cost, looks)]
  })
}

interface Point {
  readonly name: string
  readonly x: number
  readonly y: number
  readonly low: number
  readonly high: number
}

function pointsOf(lines: readonly Line[], { of }: Cost): Point[] {
  return lines.flatMap((line) => {
    const x = of(line)
    const { mean, interval } = line.ranked.overEpisodes
    const [low, high] = interval
    return x === null || x <= 0 ? [] : [{ name: line.name, x, y: mean, low, high }]
  })
}

function costChart(points: readonly Point[], lines: readonly Line[], cost: Cost, looks: Looks) {
  const margins = { marginLeft: 42, marginRight: 16, marginTop: 30, marginBottom: 40 }
  const xs = points.map(({ x }) => x)
  const options = {
    ...margins,
    x: {
      ...{
        label: cost.title,
        labelArrow: 'none' as const,
        type: 'log' as const,
        tickFormat: cost.format,
        tickSize: 4,
      },
      domain: widened(Math.min(...xs), Math.max(...xs)),
      ticks: ticksOf(widened(Math.min(...xs), Math.max(...xs)), cost.format === duration),
    },
    y: percentAxis('accuracy, %'),
  }
  const marks = points.flatMap((point) => {
    const { colour, symbol } = looks.get(point.name)!
    const at = { x: 'x', y: 'y' } as const
    return [
      ruleX([point], { x: 'x', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1.5 }),
      dot([point], { ...at, symbol: symbol as never, fill: colour, stroke: colour, r: 4.5 }),
    ]
  })
  const drawn = plotted({ ...options, marks })
  const labels = points.map(({ name, x, y }) => ({
    ...{ text: clipped(name), x: drawn.scale('x')!.apply(x), y: drawn.scale('y')!.apply(y) },
  }))
  const frame = { left: 42, right: WIDTH - 2, top: 18, bottom: HEIGHT - 40 }
  const names = placed(labels, frame)
  const leaders = names.filter(({ dx, dy }) => Math.abs(dy) > 25 && dx !== 0)
  return figure(
    {
      ...options,
      marks: [
        ...marks,
        ...leaders.map((l) => leader(points[names.indexOf(l)]!, l.dx, l.dy)),
        ...names.map(({ text: name, dx, dy, anchor }, i) =>
          text([points[i]!], {
            ...{ x: 'x', y: 'y', text: () => name, dx, dy, textAnchor: anchor },
            fill: looks.get(points[i]!.name)!.colour,
          }),
        ),
      ],
    },
    `Accuracy against ${cost.title}: ${points.map((p) => `${p.name} ${(100 * p.y).toFixed(1)} % at ${cost.format(p.x)}`).join('; ')}`,
    captionOf(cost, points, lines),
  )
}

/** A thin line to a name that stands apart. */
function leader(point: Point, dx: number, dy: number) {
  return link([point], {
    ...{ x1: 'x', y1: 'y', x2: 'x', y2: 'y', strokeOpacity: 0.4 },
    ...{ dx: dx / 2, dy: dy / 2 },
  })
}

function captionOf({ title, caption }: Cost, points: readonly Point[], lines: readonly Line[]) {
  const missing = lines.filter(({ name }) => !points.some((point) => point.name === name))
  const names = missing.map(({ name }) => name).join(', ')
  const left = missing.length > 0 ? ` Without ${title}: ${names}.` : ''
  return html`<b>Accuracy against ${title}</b> (logarithmic). ${caption ?? ''}${left}`
}

function widened(low: number, high: number): [number, number] {
  const room = Math.max(1.15, (high / low) ** 0.12)
  return [low / room, high * room]
}

const TIME_TICKS = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 86400,
]

/** A few round numbers within a domain: 1, 2, 5 and their tens; of a clock, what people say. */
function ticksOf([low, high]: readonly [number, number], seconds: boolean): number[] {
  const decades = Array.from({ length: 24 }, (_, i) => 10 ** (i - 8))
  const all = seconds ? TIME_TICKS : decades.flatMap((d) => [d, 2 * d, 5 * d])
  const room = Math.log(high / low) / 6
  const inside = apart(
    all.filter((value) => value >= low && value <= high),
    room,
  )
  if (inside.length >= 2) return inside
  const fine = decades.flatMap((d) => [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9].map((n) => n * d))
  const found = fine.filter((value) => value >= low && value <= high)
  return found.length >= 2 ? apart(found, room) : [low, high].map((v) => Number(v.toPrecision(2)))
}

/** So many of the values as have room beside each other on a logarithmic axis. */
function apart(values: readonly number[], room: number): number[] {
  const kept: number[] = []
  for (const value of values) {
    if (kept.length === 0 || Math.log(value / kept.at(-1)!) >= room) kept.push(value)
  }
  return kept
}

/** `7,248`, `112k`, `1.2M`. */
function compact(n: number): string {
  if (n < 10_000) return count(Math.round(n))
  return n < 1e6 ? `${Math.round(n / 1000)}k` : `${Number((n / 1e6).toPrecision(2))}M`
}
