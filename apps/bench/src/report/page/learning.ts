import { count, rangeText } from '@kshot/results'
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

interface Curve {
  readonly name: string
  readonly points: readonly Point[]
}

const HEIGHT = 380
const FONT = 14
const COLOURS = ['var(--c0)', 'var(--c1)']
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
export function learningChart(learning: Learning): string | undefined {
  const { images } = learning
  const curves = curvesOf(learning)
  if (curves.length === 0) return undefined
  const errors = curves.flatMap(({ points }) => points.map(({ error }) => error))
  const domain = [Math.max(...errors), Math.min(...errors)] as const
  const options = {
    width: 760,
    height: HEIGHT,
    marginLeft: 46,
    marginRight: 18 + Math.max(...curves.map(({ name }) => textWidth(name, FONT))),
    marginTop: 30,
    marginBottom: 40,
    style: { fontSize: `${FONT}px` },
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
  const marks = [
    ...accuracyAxis(ticksOf(domain)),
    ...curves.map(({ points }, i) =>
      line(points, { x: 'images', y: 'error', stroke: COLOURS[i]!, strokeWidth: 2 }),
    ),
  ]
  const scale = plotted({ ...options, marks }).scale('y')!
  const names = namesAtEnds(curves, (error) => scale.apply(error))
  const words = curves.map(({ name, points }) => {
    const last = (100 * (1 - points.at(-1)!.error)).toFixed(1)
    return `${name} ${last} % after ${count(images)} images`
  })
  return drawing({ ...options, marks: [...marks, ...names] }, `Learning curve: ${words.join('; ')}`)
}

/** Training and validation, if they have two points. */
function curvesOf({ config, images, steps }: Learning): Curve[] {
  const each = images / (steps.at(-1)?.step ?? 1)
  const checks = steps.flatMap(({ step, validation }) =>
    validation === undefined ? [] : [point(step * each, validation)],
  )
  return [
    { name: nameOf('training', config.train), points: means(steps, each) },
    { name: nameOf('validation', config.validate ?? config.test), points: checks },
  ].filter(({ points }) => points.length > 1)
}

/** The errors that the axis names, from the coarsest choice that gives enough of them. */
function ticksOf([most, least]: readonly [number, number]): number[] {
  const room = Math.log(most / least) / 10
  const choices = TICKS.map((percents) => {
    const errors = percents.map((percent) => percent / 100)
    return apart(
      errors.filter((error) => error <= most && error >= least),
      room,
    )
  })
  return choices.find(({ length }) => length >= FEWEST_TICKS) ?? choices.at(-1)!
}

function accuracyAxis(ticks: readonly number[]) {
  return [
    gridY(ticks),
    axisY(ticks, {
      text: (error: number) => String(Math.round(1000 * (1 - error)) / 10),
      tickSize: 4,
      label: 'accuracy, %',
      labelArrow: 'none',
      labelAnchor: 'top',
    }),
  ]
}

/** A name beside the end of each curve, moved where two would overlap. */
function namesAtEnds(curves: readonly Curve[], heightOf: (error: number) => number) {
  const ends = curves.map(({ points }) => heightOf(points.at(-1)!.error))
  const at = spread(ends, 36, HEIGHT - 44, 1.3 * FONT)
  return curves.map(({ name, points }, i) =>
    text([points.at(-1)!], {
      frameAnchor: 'right' as const,
      y: 'error',
      text: () => name,
      dx: 10,
      dy: at[i]! - ends[i]!,
      textAnchor: 'start' as const,
      fill: COLOURS[i]!,
    }),
  )
}

function nameOf(phase: string, { ways }: Pick<Config['test'], 'ways'>): string {
  return ways === undefined ? phase : `${phase}, ${rangeText(ways)}-way`
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
