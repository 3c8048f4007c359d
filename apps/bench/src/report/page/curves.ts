import { count, type DoneRow, type Line } from '@kshot/results'
import { areaY, line, text } from '@observablehq/plot'
import { clipped, figure, HEIGHT, percentAxis, plotted, textWidth, thread } from './chart'
import { spread } from './labels'
import { type Html, html } from './markup'
import type { Look } from './palette'
import { compact } from './ticks'

/** The validation accuracy of a learner after so many images: over its seeds the mean and the ends. */
interface Point {
  readonly images: number
  readonly mean: number
  readonly low: number
  readonly high: number
}

const WIDE = 900

/** Validation accuracy along the way, a line a learner, with a band from the worst to the best seed. */
export function learningCurves(
  lines: readonly Line[],
  looks: ReadonlyMap<string, Look>,
): Html | undefined {
  const curves = lines.flatMap(({ name, rows }) => {
    const points = curveOf(rows)
    return points.length > 1 ? [{ name, points }] : []
  })
  if (curves.length === 0) return undefined
  const caption = captionOf(lines, curves.length)
  const draw = (width: number, font: number) => chart(curves, looks, width, font, caption)
  return html`<div class="wide">${draw(WIDE, 14)}</div><div class="narrow">${draw(360, 13)}</div>`
}

/** At the steps that all seeds have come to. */
function curveOf(rows: readonly DoneRow[]): Point[] {
  const [first] = rows
  return first!.curve.flatMap(({ images }) => {
    const values = rows.flatMap(({ curve }) => curve.filter((point) => point.images === images))
    if (values.length < rows.length) return []
    const all = values.map(({ validation }) => validation)
    const mean = all.reduce((sum, v) => sum + v, 0) / all.length
    return [{ images, mean, low: Math.min(...all), high: Math.max(...all) }]
  })
}

interface Curve {
  readonly name: string
  readonly points: readonly Point[]
}

function chart(
  curves: readonly Curve[],
  looks: ReadonlyMap<string, Look>,
  width: number,
  font: number,
  caption: Html,
): Html {
  const names = curves.map(({ name }) => clipped(name, width > 500 ? 32 : 15))
  const options = {
    width,
    height: width > 500 ? 380 : HEIGHT + 30,
    marginLeft: 42,
    marginRight: 14 + Math.max(...names.map((name) => textWidth(name, font))),
    marginTop: 30,
    marginBottom: 40,
    style: { fontSize: `${font}px` },
    x: {
      label: 'training images seen',
      labelArrow: 'none' as const,
      labelAnchor: 'center' as const,
      ticks: width > 500 ? 6 : 4,
      tickFormat: (n: number) => compact(n),
      domain: [0, lastOf(curves)],
    },
    y: percentAxis('validation accuracy, %'),
  }
  const marks = curves.flatMap(({ name, points }) => bandAndLine(points, looks.get(name)!))
  const drawnOnce = plotted({ ...options, marks })
  const ends = curves.map(({ name, points }, i): End => {
    const { images, mean } = points.at(-1)!
    const x = drawnOnce.scale('x')!.apply(images)
    const y = drawnOnce.scale('y')!.apply(mean)
    return { name: names[i]!, colour: looks.get(name)!.colour, mean, x, y }
  })
  const endNames = namesAtEnds(ends, width - options.marginRight, options.height, font)
  return figure({ ...options, marks: [...marks, ...endNames] }, labelOf(curves), caption)
}

function bandAndLine(points: readonly Point[], { colour, dashed }: Look) {
  return [
    areaY(points, { x: 'images', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.15 }),
    line(points, {
      x: 'images',
      y: 'mean',
      stroke: colour,
      strokeWidth: 2,
      ...(dashed && { strokeDasharray: '5 3' }),
    }),
  ]
}

/** Where a curve ends, in pixels. */
interface End {
  readonly name: string
  readonly colour: string
  readonly mean: number
  readonly x: number
  readonly y: number
}

/** Names at the right edge, moved where two would overlap. */
function namesAtEnds(ends: readonly End[], edge: number, height: number, font: number) {
  const heights = spread(
    ends.map(({ y }) => y),
    36,
    height - 44,
    1.3 * font,
  )
  return ends.flatMap(({ name, colour, mean, x, y }, i) => {
    const to = { x: edge + 6, y: heights[i]! }
    return [
      // From a line that ends early, or whose name had to make room.
      ...(to.x - x > 12 || Math.abs(to.y - y) > 6 ? [thread({ x, y }, to, colour)] : []),
      text([{ mean }], {
        frameAnchor: 'right' as const,
        y: 'mean',
        text: () => name,
        dx: 10,
        dy: to.y - y,
        textAnchor: 'start' as const,
        fill: colour,
      }),
    ]
  })
}

function lastOf(curves: readonly Curve[]): number {
  return Math.max(...curves.map(({ points }) => points.at(-1)!.images))
}

function labelOf(curves: readonly Curve[]): string {
  const ends = curves.map(({ name, points }) => {
    const { images, mean } = points.at(-1)!
    return `${name} ${(100 * mean).toFixed(1)} % after ${count(images)} images`
  })
  return `Learning curves: validation accuracy against training images seen. ${ends.join('; ')}`
}

function captionOf(lines: readonly Line[], shown: number): Html {
  const seeds = Math.max(...lines.map(({ rows }) => rows.length))
  const band =
    seeds > 1 ? ' Lines: the mean over the seeds; bands: from the worst seed to the best.' : ''
  const rest = lines.length - shown
  const left = rest > 0 ? ` ${rest} without validations during training are not shown.` : ''
  return html`<b>Learning curves.</b> Accuracy on the validation episodes.${band}${left}`
}
