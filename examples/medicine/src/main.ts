// A patient's next measurements from the first visits: `pnpm example medicine`. Not medical advice.
import { wasm } from '@kshot/backend-wasm'
import { disposeTask, rng, useBackend } from '@kshot/core'
import { type RegressionSplits, regressionTasks, standardisedRegression } from '@kshot/episodes'
import {
  against,
  type Form,
  mean,
  picture,
  progress,
  runExample,
  show,
  spread,
  table,
} from '@kshot/examples-kit'
import { dot, line, text } from '@observablehq/plot'
import { type Forecaster, forecaster, LEARNERS, SHOTS } from './learned'
import { asData, MEASURES, type Patients, patients } from './patients'

const K = MEASURES.length
const MEAN = 'population mean'
const LAST = 'last value carried forward'
/** Targets are standardised over the training patients: their mean is 0. */
const PLAIN: { readonly [name: string]: Forecaster } = {
  [MEAN]: ({ query }) => ({ mean: new Float32Array(query.x.shape[0]! * K) }),
  [LAST]: ({ support, query }) => {
    const known = support.y.dataSync()
    return {
      mean: Float32Array.from(
        { length: query.x.shape[0]! * K },
        (_, i) => known[known.length - K + (i % K)]!,
      ),
    }
  },
}
const META = 'learned features (ALPaCA)'

function split({ tasks }: Patients, seed: number): RegressionSplits {
  const order = rng(seed)
    .split('patients')
    .permutation(tasks.length)
    .map((i) => tasks[i]!)
  const [a, b] = [Math.floor(0.6 * tasks.length), Math.floor(0.75 * tasks.length)]
  return standardisedRegression({
    train: asData(order.slice(0, a)),
    validation: asData(order.slice(a, b)),
    test: asData(order.slice(b)),
  })
}

interface Score {
  /** In standard deviations of the training patients. */
  readonly error: number
  /** The share of measurements inside the 90 % interval. */
  readonly inside: number
}

async function scored(
  forecast: Forecaster,
  { test }: RegressionSplits,
  shots: number,
): Promise<Score> {
  const tasks = regressionTasks(test, { shots, queries: 2, seed: 'test', support: 'first' })
  let [squares, inside, count] = [0, 0, 0]
  for (let i = 0; i < test.tasks.length; i++) {
    const episode = await tasks(i)
    const { mean, deviation } = forecast(episode)
    for (const [j, y] of episode.query.y.dataSync().entries()) {
      squares += (mean[j]! - y) ** 2
      if (deviation && Math.abs(mean[j]! - y) < 1.645 * deviation[j]!) inside++
      count++
    }
    disposeTask(episode)
  }
  return { error: Math.sqrt(squares / count), inside: inside / count }
}

export async function main({ short, seeds, write }: Form): Promise<string> {
  await useBackend(wasm())
  const data = patients(short)
  const names = [...Object.keys(PLAIN), ...Object.keys(LEARNERS)]
  const bar = progress('training and asking', seeds.length * names.length)
  const scores = new Map<string, Score[]>()
  for (const seed of seeds) {
    const splits = split(data, seed)
    for (const name of names) {
      const make = LEARNERS[name]
      const how = { steps: short ? 8 : 150, seed }
      const forecast = make
        ? await forecaster(make, splits.train, splits.validation, how)
        : PLAIN[name]!
      for (const shots of SHOTS) {
        const key = `${name} ${shots}`
        scores.set(key, [...(scores.get(key) ?? []), await scored(forecast, splits, shots)])
      }
      bar.step()
    }
  }
  bar.stop()
  const of = (name: string, shots: number, key: keyof Score) =>
    scores.get(`${name} ${shots}`)!.map((s) => s[key])
  const rows = names.map((name) => [
    name,
    ...SHOTS.map((shots) => show(of(name, shots, 'error'), 3)),
    name in PLAIN
      ? ''
      : show(
          SHOTS.map((shots) => mean(of(name, shots, 'inside'))),
          0,
          100,
        ).split(' ')[0]!,
  ])
  const best = (shots: number) =>
    names
      .filter((name) => name !== META)
      .sort((a, b) => mean(of(a, shots, 'error')) - mean(of(b, shots, 'error')))[0]!
  const gap = SHOTS.map(
    (shots) => `${against(of(META, shots, 'error'), of(best(shots), shots, 'error'), 3)}`,
  )
  const points = names.flatMap((name) =>
    SHOTS.map((shots) => ({ name, shots, error: mean(of(name, shots, 'error')) })),
  )
  return [
    `${data.source}: ${data.tasks.length} patients, two later visits of each new one; root mean squared error of ${MEASURES.join(', ')} in deviations`,
    table(
      ['visits seen', ...SHOTS.map(String), 'in 90 % interval'],
      [...rows, [`${META} − best other`, ...gap, '']],
    ),
    `best others: ${SHOTS.map(best).join(', ')}`,
    `written to ${write('medicine.svg', chart(points))}`,
  ].join('\n')
}

function chart(
  points: readonly { readonly name: string; readonly shots: number; readonly error: number }[],
): string {
  const last = points.filter(({ shots }) => shots === SHOTS.at(-1))
  const heights = points.map(({ error }) => error)
  const places = spread(
    last.map(({ error }) => error),
    (Math.max(...heights) - Math.min(...heights)) / 18,
  )
  const marks = { x: 'shots', y: 'error', stroke: 'name' } as const
  return picture('Error on later visits, by the number of visits seen', {
    width: 820,
    marginRight: 210,
    marginLeft: 50,
    x: { label: 'visits seen', ticks: SHOTS, tickFormat: 'd' },
    y: { label: 'root mean squared error, in deviations', grid: true },
    marks: [
      line([...points], { ...marks, strokeWidth: 2 }),
      dot([...points], { ...marks, fill: 'name' }),
      text(
        last.map((point, i) => ({ ...point, at: places[i]! })),
        { x: 'shots', y: 'at', text: 'name', fill: 'name', dx: 8, textAnchor: 'start' },
      ),
    ],
  })
}

await runExample(import.meta.url, main)
