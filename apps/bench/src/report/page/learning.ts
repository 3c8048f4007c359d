import { count, drawnName } from '@kshot/results'
import { axisY, gridY, line, text } from '@observablehq/plot'
import type { Config } from '../../configuration/schema'
import { drawing, plotted, textWidth } from './chart'
import { spread } from './labels'
import { apart, compact } from './ticks'

/** The log of a run, with what it is the log of. */
export interface Learning {
  readonly config: Config
  /** Training images seen in all. */
  readonly images: number
  readonly steps: readonly {
    readonly step: number
    readonly accuracy?: number
    readonly validation?: number
  }[]
}

interface Point {
  readonly images: number
  readonly error: number
}

/** Points of the curve of training accuracies; each is the mean of as many steps. */
const POINTS = 80
/** Errors in per cent that the axis may name, ever finer. */
const TICKS = [
  [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 80],
  [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90],
  Array.from({ length: 99 }, (_, i) => i + 1),
  Array.from({ length: 999 }, (_, i) => (i + 1) / 10),
]
/** Fewer show no scale. */
const FEWEST_TICKS = 3
/** An accuracy of 1 has no place where errors have a logarithm. */
const LEAST = 1e-3

/**
 * The learning curve of one run as SVG: the accuracy on the queries of the training episodes, and on
 * the validation episodes; its axis is logarithmic in the error. Undefined without two points.
 */
export function learningChart({ config, images, steps }: Learning): string | undefined {
  const each = images / (steps.at(-1)?.step ?? 1)
  const curves = [
    { name: nameOf('training', config.train), points: means(steps, each) },
    { name: nameOf('validation', config.validate ?? config.test), points: checks() },
  ].filter(({ points }) => points.length > 1)
  if (curves.length === 0) return undefined
  const [width, height, font] = [760, 380, 14]
  const marginRight = 18 + Math.max(...curves.map(({ name }) => textWidth(name, font)))
  const errors = curves.flatMap(({ points }) => points.map(({ error }) => error))
  const domain = [Math.max(...errors), Math.min(...errors)] as const
  const room = Math.log(domain[0] / domain[1]) / 10
  const choices = TICKS.map((percents) => {
    const errors = percents.map((percent) => percent / 100)
    return apart(
      errors.filter((error) => error <= domain[0] && error >= domain[1]),
      room,
    )
  })
  const ticks = choices.find(({ length }) => length >= FEWEST_TICKS) ?? choices.at(-1)!
  const options = {
    width,
    height,
    marginLeft: 46,
    marginRight,
    marginTop: 30,
    marginBottom: 40,
    style: { fontSize: `${font}px` },
    x: {
      label: 'training images seen',
      labelArrow: 'none' as const,
      labelAnchor: 'center' as const,
      ticks: 6,
      tickFormat: compact,
      domain: [0, images],
    },
    y: { type: 'log' as const, domain: [...domain], axis: null },
  }
  const colours = ['var(--c0)', 'var(--c1)']
  const marks = [
    gridY(ticks),
    axisY(ticks, {
      text: (error: number) => String(Math.round(1000 * (1 - error)) / 10),
      tickSize: 4,
      label: 'accuracy, %',
      labelArrow: 'none',
      labelAnchor: 'top',
    }),
    ...curves.map(({ points }, i) =>
      line(points, { x: 'images', y: 'error', stroke: colours[i]!, strokeWidth: 2 }),
    ),
  ]
  const scale = plotted({ ...options, marks }).scale('y')!
  const ends = curves.map(({ points }) => scale.apply(points.at(-1)!.error))
  const at = spread(ends, 36, height - 44, 1.3 * font)
  const names = curves.map(({ name, points }, i) =>
    text([points.at(-1)!], {
      frameAnchor: 'right' as const,
      y: 'error',
      text: () => name,
      dx: 10,
      dy: at[i]! - ends[i]!,
      textAnchor: 'start' as const,
      fill: colours[i]!,
    }),
  )
  const words = curves.map(({ name, points }) => {
    const last = (100 * (1 - points.at(-1)!.error)).toFixed(1)
    return `${name} ${last} % after ${count(images)} images`
  })
  return drawing({ ...options, marks: [...marks, ...names] }, `Learning curve: ${words.join('; ')}`)

  function checks(): Point[] {
    return steps.flatMap(({ step, validation }) =>
      validation === undefined ? [] : [point(step * each, validation)],
    )
  }
}

function nameOf(phase: string, { ways }: Pick<Config['test'], 'ways'>): string {
  return ways === undefined ? phase : `${phase}, ${drawnName(ways)}-way`
}

function means(steps: Learning['steps'], images: number): Point[] {
  const logged = steps.filter(({ accuracy }) => accuracy !== undefined)
  const size = Math.max(1, Math.ceil(logged.length / POINTS))
  const groups = Array.from({ length: Math.floor(logged.length / size) }, (_, i) =>
    logged.slice(i * size, (i + 1) * size),
  )
  return groups.map((group) => {
    const middle = group[Math.floor(group.length / 2)]!.step
    const sum = group.reduce((sum, { accuracy }) => sum + accuracy!, 0)
    return point(middle * images, sum / group.length)
  })
}

function point(images: number, accuracy: number): Point {
  return { images, error: Math.max(LEAST, 1 - accuracy) }
}
