import { dot, line, plot, selectLast, text } from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { growth } from './growth'
import type { Measured } from './measure'

/**
 * Milliseconds a task or episode against each parameter, one panel a line, as an SVG. Both axes are
 * logarithmic: cost that grows with the parameter is a line with the slope of the grid.
 */
export function growthPicture(measured: readonly Measured[]): string {
  const points = measured.map(({ name, median, executor }) => {
    const [key, value] = name.split('=') as [string, string]
    const { title, parameter } = growth[key]!
    return { x: Number(value), y: median, panel: `${title}: ${parameter}`, executor }
  })
  const { document } = parseHTML('<html></html>')
  const facet = { fy: 'panel', x: 'x', y: 'y', stroke: 'executor' } as const
  const named = { fy: 'panel', x: 'x', y: 'y', fill: 'executor' } as const
  const panels = new Set(points.map(({ panel }) => panel)).size
  const svg = plot({
    document,
    width: 720,
    height: 60 + 140 * panels,
    marginTop: 30,
    marginLeft: 60,
    marginRight: 230,
    style: { background: 'white', color: '#222', fontFamily: 'system-ui, sans-serif' },
    x: { label: null, type: 'log', grid: true, tickFormat: 'd', base: 2 },
    y: { label: 'ms each', type: 'log', grid: true, tickFormat: 'd', base: 2, nice: true },
    fy: { label: null },
    marks: [
      line(points, facet),
      dot(points, { ...facet, fill: 'white' }),
      text(
        points,
        selectLast({ ...named, z: 'executor', text: 'executor', dx: 8, textAnchor: 'start' }),
      ),
    ],
  })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return `${svg.outerHTML}\n`
}
