import {
  axisX,
  type Markish,
  type PlotOptions,
  plot,
  type RenderFunction,
} from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { escaped, type Html, html, raw } from './markup'

/** Three have room next to each other, and one on a phone, without becoming much smaller. */
export const WIDTH = 360
export const HEIGHT = 280
export const FONT = 13

type Plotted = (SVGSVGElement | HTMLElement) & {
  scale(name: string): { apply(value: unknown): number } | undefined
}

/** A picture as Plot draws it, in the colours and the type of the page. */
export function plotted(options: PlotOptions): Plotted {
  const { document } = parseHTML('<html></html>')
  return plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    className: 'chart',
    ...options,
    style: {
      background: 'none',
      color: 'inherit',
      fontFamily: 'inherit',
      fontSize: `${FONT}px`,
      ...(options.style as object),
    },
  }) as Plotted
}

/** A chart with what it shows in words, for those who do not see it, and a caption. */
export function figure(options: PlotOptions, label: string, caption?: Html | string): Html {
  const drawn = raw(drawing(options, label))
  return html`<figure class="card">${drawn}${caption && html`<figcaption>${caption}</figcaption>`}</figure>`
}

/** A chart as SVG, with what it shows in words, in the colours of whatever it is put into. */
export function drawing(options: PlotOptions, label: string): string {
  const svg = plotted(options)
  svg.querySelector('style')?.remove()
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', '')
  const { fontSize = `${FONT}px` } = (options.style ?? {}) as { fontSize?: string }
  svg.setAttribute('style', `font-size:${fontSize}`)
  // Not all serialisers escape what stands in an attribute.
  return shortened(svg.outerHTML).replace('aria-label=""', () => `aria-label="${escaped(label)}"`)
}

/** Coordinates to a tenth of a pixel: half the bytes. */
function shortened(svg: string): string {
  return svg.replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100))
}

interface Place {
  readonly x: number
  readonly y: number
}

/** A thin line from a point to its name, in pixels. */
export function thread(from: Place, to: Place, colour: string): RenderFunction {
  return (_index, _scales, _values, _dimensions, { document }) => {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
    path.setAttribute('d', `M${from.x},${from.y}L${to.x},${to.y}`)
    path.setAttribute('stroke', colour)
    path.setAttribute('stroke-opacity', '0.5')
    return path
  }
}

/** So wide is a text, about. */
export function textWidth(text: string, size = FONT): number {
  return 0.56 * size * text.length
}

/** A name that fits, with dots for the rest. */
export function clipped(name: string, characters = 22): string {
  return name.length <= characters ? name : `${name.slice(0, characters - 1)}…`
}

/** The labels of a logarithmic axis as they are given: Plot would leave some out. Its scale has `axis: null`. */
export function logAxis(
  ticks: readonly number[],
  format: (value: number) => string,
  label: string,
): Markish {
  return axisX([...ticks], {
    text: (value: number) => format(value),
    tickSize: 4,
    label,
    labelAnchor: 'center',
    labelArrow: 'none',
  })
}

/** A title of an axis: `↑ accuracy, %`, said once and never turned. */
export const percentAxis = (label: string) => ({
  label,
  grid: true,
  nice: true,
  ticks: 5,
  labelArrow: 'none' as const,
  tickFormat: (value: number) => `${Math.round(1000 * value) / 10}`,
})
