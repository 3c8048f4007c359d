import { duration, type Line, msText } from '@kshot/results'
import { dot, type Markish, type PlotOptions, ruleX, text } from '@observablehq/plot'
import {
  clipped,
  drawing,
  figure,
  HEIGHT,
  logAxis,
  percentAxis,
  plotted,
  thread,
  WIDTH,
} from './chart'
import { type Placed, placed } from './labels'
import { type Html, html } from './markup'
import type { Look } from './palette'
import { compact, ticksOf, widened } from './ticks'

type Looks = ReadonlyMap<string, Look>

/** More names have no room in a small chart. */
const MOST_NAMES = 8

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
    of: ({ costs }) => (costs.trainImages === 0 ? null : costs.trainSeconds),
    format: duration,
    caption: 'Includes validation; the mean over the seeds.',
  },
  {
    title: 'time per task',
    of: ({ costs }) => costs.adaptPredictMs,
    format: (ms) => msText(ms),
    caption: 'Time to adapt to a support set and predict all its queries.',
  },
  { title: 'parameters', of: ({ costs }) => costs.parameters, format: compact },
]

/** Accuracy against what it costs: time to train, time for a task, parameters. */
export function costCharts(lines: readonly Line[], looks: Looks): Html[] {
  return COSTS.flatMap((cost) => {
    const points = pointsOf(lines, cost)
    const values = new Set(points.map(({ x }) => x))
    if (values.size < 2) return []
    return [sized(lines, (size) => costChart(points, lines, cost, looks, size))]
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

interface Size {
  readonly width: number
  readonly height: number
  /** Without, symbols and colours must do: the legend is above. */
  readonly withNames: boolean
}

/** Many learners need more room for their names than a phone has. */
function sized(lines: readonly Line[], draw: (size: Size) => Html): Html {
  if (lines.length <= MOST_NAMES) return draw({ width: WIDTH, height: HEIGHT, withNames: true })
  return html`<div class="wide">${draw({ width: 500, height: 400, withNames: true })}</div>
<div class="narrow">${draw({ width: WIDTH, height: HEIGHT, withNames: false })}</div>`
}

function costChart(
  points: readonly Point[],
  lines: readonly Line[],
  cost: Cost,
  looks: Looks,
  size: Size,
): Html {
  const { options, label } = costPlot(points, cost, looks, size)
  return figure(options, label, captionOf(cost, points, lines))
}

/** Accuracy against training time as SVG; undefined where fewer than two learners were trained. */
export function trainingTimeChart(lines: readonly Line[], looks: Looks): string | undefined {
  const [cost] = COSTS as [Cost]
  const points = pointsOf(lines, cost)
  if (points.length < 2) return undefined
  const { options, label } = costPlot(points, cost, looks, {
    width: 760,
    height: 440,
    withNames: true,
  })
  return drawing(options, label)
}

function costPlot(
  points: readonly Point[],
  cost: Cost,
  looks: Looks,
  { width, height, withNames }: Size,
): { readonly options: PlotOptions; readonly label: string } {
  const xs = points.map(({ x }) => x)
  const domain = widened(Math.min(...xs), Math.max(...xs))
  const options = {
    width,
    height,
    marginLeft: 42,
    marginRight: 16,
    marginTop: 30,
    marginBottom: 40,
    x: { type: 'log' as const, axis: null, domain },
    y: percentAxis('accuracy, %'),
  }
  const ticks = ticksOf(domain, cost.format === duration)
  const marks = [
    logAxis(ticks, cost.format, cost.title),
    ...points.flatMap((point) => pointMarks(point, looks.get(point.name)!)),
  ]
  const names = withNames ? namesBeside(points, plotted({ ...options, marks }), options, looks) : []
  return {
    options: { ...options, marks: [...marks, ...names] },
    label: `Accuracy against ${cost.title}: ${points.map((p) => `${p.name} ${(100 * p.y).toFixed(1)} % at ${cost.format(p.x)}`).join('; ')}`,
  }
}

function pointMarks(point: Point, { colour, symbol }: Look): Markish[] {
  const at = { x: 'x', y: 'y' } as const
  return [
    ruleX([point], { x: 'x', y1: 'low', y2: 'high', stroke: colour, strokeWidth: 1.5 }),
    dot([point], { ...at, symbol, fill: colour, stroke: colour, r: 4.5 }),
  ]
}

/** The names, none on top of another, with a thin line to each that stands apart. */
function namesBeside(
  points: readonly Point[],
  drawn: ReturnType<typeof plotted>,
  { width, height }: { readonly width: number; readonly height: number },
  looks: Looks,
): Markish[] {
  const [x, y] = [drawn.scale('x')!, drawn.scale('y')!]
  const labels = points.map((point) => ({
    text: clipped(point.name),
    x: x.apply(point.x),
    y: y.apply(point.y),
  }))
  const frame = { left: 42, right: width - 2, top: 18, bottom: height - 40 }
  return placed(labels, frame).flatMap((label, i) => {
    const { text: name, dx, dy, anchor } = label
    const { colour } = looks.get(points[i]!.name)!
    const options = {
      x: 'x',
      y: 'y',
      text: () => name,
      dx,
      dy,
      textAnchor: anchor,
      fill: colour,
    } as const
    return [...(Math.abs(dy) > 20 ? [leader(label, colour)] : []), text([points[i]!], options)]
  })
}

/** To a name that stands apart, from below or above. */
function leader({ x, y, dx, dy }: Placed, colour: string): Markish {
  return thread({ x, y }, { x: x + dx, y: y + dy - 7 * Math.sign(dy) }, colour)
}

function captionOf({ title, caption }: Cost, points: readonly Point[], lines: readonly Line[]) {
  const missing = lines.filter(({ name }) => !points.some((point) => point.name === name))
  const names = missing.map(({ name }) => name).join(', ')
  const left = missing.length > 0 ? ` Without ${title}: ${names}.` : ''
  return html`<b>Accuracy against ${title}</b> (logarithmic). ${caption ?? ''}${left}`
}
