import { dot, line, plot } from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { growth } from './growth'
import type { Measured } from './measure'

/** Milliseconds a task or episode against each parameter, one panel a line, as an SVG. */
export function growthPicture(measured: readonly Measured[]): string {
  const points = measured.map(({ name, median, executor }) => {
    const [key, value] = name.split('=') as [string, string]
    const { title, parameter } = growth[key]!
    return { x: Number(value), y: median, panel: `${title}: ${parameter}`, executor }
  })
  const { document } = parseHTML('<html></html>')
  const facet = { fy: 'panel', x: 'x', y: 'y', stroke: 'executor' } as const
  const panels = new Set(points.map(({ panel }) => panel)).size
  const svg = plot({
    document: document as unknown as Document,
    ...{ width: 640, height: 60 + 140 * panels, marginLeft: 60, marginRight: 150 },
    style: { background: 'white', color: '#222', fontFamily: 'system-ui, sans-serif' },
    x: { label: null, type: 'log', grid: true, tickFormat: 'd', base: 2 },
    y: { label: 'ms each', grid: true, zero: true },
    fy: { label: null },
    marks: [line(points, facet), dot(points, { ...facet, fill: 'white' })],
  })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return `${svg.outerHTML}\n`
}
