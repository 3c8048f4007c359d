// A new user after a few ratings: `pnpm example recommendation`.
import { wasm } from '@kshot/backend-wasm'
import { rng, useBackend } from '@kshot/core'
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
import { itemMean, itemNeighbours, type Predictor, userItemBias } from './baselines'
import { featuresOf, known } from './features'
import { LEARNED, trained } from './learned'
import { type Rating, type Ratings, ratings } from './ratings'

const SHOTS = [1, 2, 5, 10, 20]
const NAMES = [
  'item means',
  'user-item bias',
  'item-kNN',
  'ridge on film features',
  'meta-learned (ALPaCA)',
] as const
type Name = (typeof NAMES)[number]
const META = NAMES[4]
const SHRINKS = [1, 2, 5, 10, 20]
const NEIGHBOURS = [1, 3, 10, 20]

type Users = Ratings['users']

/** Half of the users make the films' features, a quarter trains and tunes, a quarter is new. */
function parts(users: Users, seed: number) {
  const order = rng(seed)
    .split('users')
    .permutation(users.length)
    .map((i) => users[i]!)
  const [half, quarter] = [Math.floor(users.length / 2), Math.floor(users.length / 4)]
  return {
    features: order.slice(0, half),
    training: order.slice(half, half + quarter),
    test: order.slice(half + quarter),
  }
}

async function predictors(data: Ratings, seed: number, steps: number) {
  const { features, training, test } = parts(data.users, seed)
  const own = known(features, data.items.length)
  const films = featuresOf(own, data.items)
  const both = [...features, ...training]
  const all = known(both, data.items.length)
  const shrink = best(SHRINKS, (n) => userItemBias(own, n), training)
  const near = itemNeighbours(own, features, shrink)
  const k = best(NEIGHBOURS, near, training)
  const learned = (name: keyof typeof LEARNED) =>
    trained(LEARNED[name], training, films, own, { steps, seed })
  const by: { readonly [name in Name]: Predictor } = {
    'item means': itemMean(all),
    'user-item bias': userItemBias(all, shrink),
    'item-kNN': itemNeighbours(all, both, shrink)(k),
    'ridge on film features': await learned('ridge'),
    'meta-learned (ALPaCA)': await learned('meta'),
  }
  return { by, test }
}

/** The option with the smallest error on the users that train the others. */
function best(
  options: readonly number[],
  make: (option: number) => Predictor,
  users: Users,
): number {
  const errors = options.map((option) => {
    const predict = make(option)
    return mean([2, 10].map((shots) => scored(predict, users, shots).rmse))
  })
  return options[errors.indexOf(Math.min(...errors))]!
}

interface Score {
  readonly rmse: number
  readonly ndcg: number
}

function scored(predict: Predictor, users: Users, shots: number): Score {
  let [squares, count] = [0, 0]
  const gains: number[] = []
  for (const list of users) {
    const asked = list.slice(20)
    const found = predict(
      list.slice(0, shots),
      asked.map(({ item }) => item),
    )
    for (const [i, { value }] of asked.entries()) squares += (found[i]! - value) ** 2
    count += asked.length
    gains.push(ndcg(asked, found))
  }
  return { rmse: Math.sqrt(squares / count), ndcg: mean(gains) }
}

/** NDCG@10 among the films that the user has rated: gains 2^rating − 1 (Järvelin & Kekäläinen 2002). */
function ndcg(asked: readonly Rating[], found: readonly number[]): number {
  const gain = (order: readonly number[]) =>
    order
      .slice(0, 10)
      .reduce((sum, i, place) => sum + (2 ** asked[i]!.value - 1) / Math.log2(place + 2), 0)
  const all = asked.map((_, i) => i)
  const by = (value: (i: number) => number) => [...all].sort((a, b) => value(b) - value(a))
  return gain(by((i) => found[i]!)) / gain(by((i) => asked[i]!.value))
}

export async function main({ short, seeds, write }: Form): Promise<string> {
  await useBackend(wasm())
  const data = ratings(short)
  const bar = progress('training and asking', seeds.length)
  const scores = new Map<string, Score[]>()
  for (const seed of seeds) {
    const { by, test } = await predictors(data, seed, short ? 10 : 200)
    for (const name of NAMES) {
      for (const shots of SHOTS) {
        const key = `${name} ${shots}`
        scores.set(key, [...(scores.get(key) ?? []), scored(by[name], test, shots)])
      }
    }
    bar.step()
  }
  bar.stop()
  const of = (name: Name, shots: number, key: keyof Score) =>
    scores.get(`${name} ${shots}`)!.map((s) => s[key])
  const rows = (key: keyof Score) =>
    NAMES.map((name) => [name, ...SHOTS.map((shots) => show(of(name, shots, key), 3))])
  const bestOther = (shots: number, key: keyof Score) => {
    const sign = key === 'rmse' ? 1 : -1
    return [...NAMES]
      .filter((name) => name !== META)
      .sort((a, b) => sign * (mean(of(a, shots, key)) - mean(of(b, shots, key))))[0]!
  }
  const gaps = (key: keyof Score) => [
    'minus the best other',
    ...SHOTS.map((shots) =>
      against(of(META, shots, key), of(bestOther(shots, key), shots, key), 3),
    ),
  ]
  const points = NAMES.flatMap((name) =>
    SHOTS.map((shots) => ({ name, shots, rmse: mean(of(name, shots, 'rmse')) })),
  )
  return [
    `${data.source}: ${data.users.length} users with 30 ratings or more, a quarter of them new in each of ${seeds.length} splits`,
    table(['RMSE after ratings', ...SHOTS.map(String)], [...rows('rmse'), gaps('rmse')]),
    table(['NDCG@10', ...SHOTS.map(String)], [...rows('ndcg'), gaps('ndcg')]),
    `written to ${write('recommendation.svg', chart(points))}`,
  ].join('\n')
}

function chart(
  points: readonly { readonly name: string; readonly shots: number; readonly rmse: number }[],
): string {
  const last = points.filter(({ shots }) => shots === SHOTS.at(-1))
  const heights = points.map(({ rmse }) => rmse)
  const places = spread(
    last.map(({ rmse }) => rmse),
    (Math.max(...heights) - Math.min(...heights)) / 18,
  )
  const names = last.map((point, i) => ({ ...point, at: places[i]! }))
  const marks = { x: 'shots', y: 'rmse', stroke: 'name' } as const
  return picture('Error on films that a new user has not rated yet', {
    width: 820,
    marginRight: 190,
    marginLeft: 50,
    x: { type: 'log', label: 'ratings given', ticks: SHOTS, tickFormat: 'd' },
    y: { label: 'root mean squared error', grid: true },
    color: { domain: [...NAMES], range: ['#9aa5ad', '#c08a3e', '#5a8f4e', '#7fb2d9', '#0b3c6f'] },
    marks: [
      line([...points], { ...marks, strokeWidth: 2 }),
      dot([...points], { ...marks, fill: 'name' }),
      text(names, { x: 'shots', y: 'at', text: 'name', fill: 'name', dx: 8, textAnchor: 'start' }),
    ],
  })
}

await runExample(import.meta.url, main)
