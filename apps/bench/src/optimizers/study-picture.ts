import { areaY, frame, line, plot, ruleX, text } from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { LEARNED, type StudyResult } from './run-study'

const COLOURS = ['#c8452f', '#3b6fb6', '#6a4c93', '#2f8f6b', '#b07d12']

interface Point {
  readonly panel: string
  readonly optimizer: string
  readonly step: number
  readonly low: number
  readonly median: number
  readonly high: number
}

/** Loss against step: the median and the quartiles over unseen problems, an SVG for light and dark. */
export function studyPicture(study: StudyResult): string {
  const { panels } = study
  const points = pointsOf(study)
  const names = panels[0]!.optimizers.map(({ name }) => name)
  const { document } = parseHTML('<html></html>')
  const svg = plot({
    document,
    width: Math.max(560, 300 * panels.length),
    height: 380,
    marginLeft: 52,
    marginTop: 56,
    marginBottom: 40,
    // An object: a string is set as a property, which the document of linkedom lacks.
    style: {
      background: 'white',
      color: '#222',
      fontFamily: 'system-ui, sans-serif',
      fontSize: '13px',
    },
    x: { label: 'step', labelArrow: 'none', labelAnchor: 'center', ticks: 5 },
    y: {
      type: 'log',
      label: 'loss',
      labelArrow: 'none',
      grid: true,
      tickFormat: tick,
      ticks: 5,
      domain: losses(points),
    },
    fx: {
      domain: panels.map(({ title }) => title),
      label: null,
      axis: panels.length > 1 ? 'top' : null,
    },
    color: { domain: names, range: COLOURS },
    marks: [...marksOf(points, study.steps), ...legend(names)],
  })
  // Rules for pages, of which a file has no need.
  svg.querySelector('style')?.remove()
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', `loss against step of ${names.join(', ')}`)
  return `${svg.outerHTML}\n`
}

function pointsOf({ panels }: StudyResult): Point[] {
  return panels.flatMap(({ title, optimizers }) =>
    optimizers.flatMap(({ name, quartiles }) =>
      quartiles.flatMap((three, step): Point[] => {
        if (!three) return []
        const [low, median, high] = three.map((loss) => Math.max(loss, 1e-6)) as [
          number,
          number,
          number,
        ]
        return [{ panel: title, optimizer: name, step, low, median, high }]
      }),
    ),
  )
}

/** Bands between the quartiles, lines of the medians, and where training has ended. */
function marksOf(points: readonly Point[], steps: number) {
  return [
    frame({ stroke: '#ddd' }),
    ruleX([steps], { stroke: '#999', strokeDasharray: '3 3' }),
    areaY(points, {
      fx: 'panel',
      x: 'step',
      y1: 'low',
      y2: 'high',
      fill: 'optimizer',
      fillOpacity: 0.12,
      clip: true,
    }),
    line(points, {
      fx: 'panel',
      x: 'step',
      y: 'median',
      stroke: 'optimizer',
      strokeWidth: ({ optimizer }: Point) => (optimizer === LEARNED ? 2.6 : 1.5),
      clip: true,
    }),
    text([steps], {
      x: (step: number) => step,
      text: () => 'trained to here',
      frameAnchor: 'top',
      textAnchor: 'start',
      dx: 5,
      dy: 10,
      fill: '#777',
    }),
  ]
}

/** Where the medians lie, with some room; what diverges leaves the picture. */
function losses(points: readonly Point[]): [number, number] {
  const start = Math.max(...points.filter(({ step }) => step === 0).map(({ high }) => high))
  return [Math.min(...points.map(({ low }) => low)) * 0.8, start * 1.3]
}

/** The names in their colours, in one row above everything. */
function legend(names: readonly string[]) {
  let dx = 0
  return names.map((name, i) => {
    const written = `— ${name}`
    const mark = text([written], {
      frameAnchor: 'top-left',
      facet: 'super',
      lineAnchor: 'bottom',
      text: [written],
      dx,
      dy: -32,
      fill: COLOURS[i % COLOURS.length]!,
      fontWeight: 'bold',
    })
    dx += 22 + 9 * written.length
    return mark
  })
}

/** `0.01`, `1e-6`: no prefixes, which a loss has no unit for. */
function tick(value: number): string {
  return value >= 0.01 ? String(value) : value.toExponential(0)
}
