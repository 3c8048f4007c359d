import { disposeTask, type Episode, type MetaLearner, rng, type TaskSource } from '@kshot/core'
import { stepsName } from '@kshot/results'
import { dot, frame, line, plot, text } from '@observablehq/plot'
import { tidy } from '@tensorflow/tfjs-core'
import { parseHTML } from 'linkedom'
import type { TrainedLearner } from './test-job'

/** A point of a curve; the facets are the task (down) and who predicts (across). */
interface Point {
  readonly x: number
  readonly y: number
  readonly task: string
  readonly who: string
  readonly series: string
}

const TASKS = 3
const TRUTH = 'true'
const BEFORE = 'before'
// One hue from light to dark as the steps grow; the truth stands apart.
const TRUTH_COLOUR = '#d1495b'
const STEP_COLOURS = ['#b8c4ce', '#7fb2d9', '#2f7fc1', '#0b3c6f', '#041d38']

/**
 * Some tasks of a regression as an SVG: the true curve, the support points, and what each learner
 * predicts before and after inner steps.
 */
export async function regressionCurves(
  tasks: TaskSource,
  learners: readonly TrainedLearner[],
  adaptationSteps: readonly number[],
  atSteps: (learner: MetaLearner, steps: number) => MetaLearner,
): Promise<string> {
  const steps = [0, ...adaptationSteps.filter((n) => n > 0)]
  const [curves, supports]: [Point[], Point[]] = [[], []]
  for (let t = 0; t < TASKS; t++) {
    const episode = await tasks(t)
    for (const trained of learners) {
      const at = { task: `task ${t + 1}`, who: trained.name }
      supports.push(...(await points(episode.support, at, 'support')))
      curves.push(...(await points(episode.query, at, TRUTH)))
      for (const n of steps) {
        const learner = atSteps(trained.learner, n)
        const y = await predicted(learner, trained, episode, t)
        curves.push(...(await points({ x: episode.query.x, y }, at, seriesName(n))))
      }
    }
    disposeTask(episode)
  }
  return chart(curves, supports, [TRUTH, ...steps.map(seriesName)])
}

function seriesName(steps: number): string {
  return steps === 0 ? BEFORE : stepsName(steps)
}

async function predicted(
  learner: MetaLearner,
  { meta }: TrainedLearner,
  episode: Episode,
  index: number,
): Promise<Numbers> {
  const ctx = { step: 0, phase: 'test' as const, rng: rng(0).split(index) }
  const output = tidy(() =>
    learner.predict(meta, learner.adapt(meta, episode.support, ctx), episode.query.x, ctx),
  )
  const values = await output.data()
  output.dispose()
  return { data: async () => values }
}

type Numbers = { data(): Promise<ArrayLike<number>> }

async function points(
  { x, y }: { x: Numbers; y: Numbers },
  at: Pick<Point, 'task' | 'who'>,
  series: string,
): Promise<Point[]> {
  const heights = await y.data()
  return Array.from(await x.data(), (x, i) => ({ ...at, series, x, y: heights[i]! }))
}

function chart(curves: readonly Point[], supports: readonly Point[], series: string[]): string {
  const { document } = parseHTML('<html></html>')
  const facets = { fx: 'who', fy: 'task' } as const
  const domain = [...new Set(curves.map(({ who }) => who))]
  const svg = plot({
    document,
    width: 860,
    height: 640,
    marginLeft: 40,
    marginTop: 50,
    // An object: a string is set as a property, which the document of linkedom lacks.
    style: { background: 'white', color: '#222', fontFamily: 'system-ui, sans-serif' },
    x: { label: 'x' },
    y: { label: 'y', grid: true, nice: true },
    fx: { domain, label: null },
    fy: { label: null },
    color: { domain: series, range: [TRUTH_COLOUR, ...STEP_COLOURS].slice(0, series.length) },
    marks: [
      frame({ stroke: '#ddd' }),
      line(curves, {
        ...facets,
        x: 'x',
        y: 'y',
        stroke: 'series',
        z: 'series',
        sort: 'x',
        strokeWidth: 1.8,
      }),
      dot(supports, { ...facets, x: 'x', y: 'y', fill: '#222', r: 3.5, stroke: 'white' }),
      ...legend(series),
    ],
  })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return `${svg.outerHTML}\n`
}

/** The names of the curves in their colours, in one row above everything. */
function legend(series: readonly string[]) {
  const names = ['● support points', ...series.map((name) => `— ${name}`)]
  const fills = ['#222', TRUTH_COLOUR, ...STEP_COLOURS]
  return names.map((name, i) =>
    text([name], {
      frameAnchor: 'top-left',
      facet: 'super',
      lineAnchor: 'bottom',
      text: [name],
      dx: i === 0 ? 0 : 25 + 90 * i,
      dy: -30,
      fill: fills[i]!,
      fontWeight: 'bold',
    }),
  )
}
