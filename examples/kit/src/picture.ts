import { type PlotOptions, plot } from '@observablehq/plot'
import { parseHTML } from 'linkedom'

/** A chart as an SVG, with its title above it; drawn without a browser. */
export function picture(title: string, options: PlotOptions): string {
  const { document } = parseHTML('<html></html>')
  const { width = 720, height = 420 } = options
  const chart = plot({
    document,
    width,
    height,
    style: {
      background: 'white',
      color: '#222',
      fontFamily: 'system-ui, sans-serif',
      fontSize: '13px',
    },
    ...options,
  })
  const svg = chart.tagName.toLowerCase() === 'svg' ? chart : chart.querySelector('svg')!
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  svg.setAttribute('y', '30')
  const escaped = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + 30}" viewBox="0 0 ${width} ${height + 30}"><rect width="100%" height="100%" fill="white"/><text x="12" y="20" font-family="system-ui, sans-serif" font-size="15" font-weight="600" fill="#222">${escaped}</text>${svg.outerHTML}</svg>\n`
}

/** The same heights, moved apart where two are closer than `least`: for names beside lines. */
export function spread(heights: readonly number[], least: number): number[] {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a]! - heights[b]!)
  const placed = [...heights]
  for (const [k, i] of order.entries()) {
    if (k > 0) placed[i] = Math.max(placed[i]!, placed[order[k - 1]!]! + least)
  }
  return placed
}
