// New pictures from a few examples: `pnpm example images`.
import { wasm } from '@kshot/backend-wasm'
import { nearestCentroid } from '@kshot/baseline'
import {
  adam,
  cached,
  embeddings,
  evaluate,
  type Meta,
  type MetaLearner,
  memoryStore,
  metaTrain,
  mlp,
  useBackend,
} from '@kshot/core'
import { type Dataset, episodes } from '@kshot/episodes'
import {
  against,
  type Form,
  mean,
  picture,
  progress,
  runExample,
  show,
  table,
} from '@kshot/examples-kit'
import { imageEncoder } from '@kshot/image-encoder/node'
import { protonet } from '@kshot/protonet'
import { barX, ruleX, text } from '@observablehq/plot'
import type { Tensor } from '@tensorflow/tfjs-core'
import { animals } from './animals'
import { type Pictures, pictures } from './data'
import { ownPhotos } from './photos'

const SETTINGS = [
  { ways: 5, shots: 1 },
  { ways: 20, shots: 1 },
  { ways: 20, shots: 3 },
]

interface Contender {
  readonly name: string
  readonly learner: MetaLearner
  readonly meta: Meta
  readonly data: Dataset
}

/** A linear layer on the embeddings, meta-trained as a Prototypical Network on the training classes. */
async function metaTrained({ embedded }: Pictures, steps: number, seed: number) {
  const net = mlp({ hidden: [], outputs: 512 })
  const learner = protonet({ backbone: embeddings({ net }), distance: 'cosine', scale: 30 })
  const ways = Math.min(20, embedded.classes.length)
  const tasks = episodes(embedded, { ways, shots: 1, queries: 3, seed })
  const { meta } = await metaTrain({ learner, optimizer: adam(3e-4), tasks, steps, seed })
  return { learner, meta }
}

export async function main({ short, seeds, option, write }: Form): Promise<string> {
  await useBackend(wasm())
  const folder = option('photos')
  if (folder !== undefined) return ownPhotos(folder)
  const store = memoryStore({ entries: 50_000 })
  const encoder = cached(withContent(imageEncoder()), store)
  const classes = short ? { train: 6, test: 6 } : { train: 80, test: 100 }
  const { train, test, all } = await pictures(encoder, classes)
  const settings = SETTINGS.slice(0, short ? 1 : undefined)
  const bar = progress('training and asking', seeds.length)
  const accuracies = new Map<string, number[]>()
  const kinds: Awaited<ReturnType<typeof animals>>[] = []
  for (const seed of seeds) {
    for (const { name, learner, meta, data } of await contenders(
      train,
      test,
      short ? 20 : 300,
      seed,
    )) {
      for (const { ways, shots } of settings) {
        const tasks = episodes(data, { ways, shots, queries: 1, seed: `test ${seed}` })
        const count = short ? 10 : 200
        const { accuracy } = await evaluate({ learner, meta, tasks, count })
        const key = `${name}|${ways}|${shots}`
        accuracies.set(key, [...(accuracies.get(key) ?? []), accuracy])
      }
    }
    if (!short) kinds.push(await animals(all, encoder, 5, 40, seed))
    bar.step()
  }
  bar.stop()
  const rows = rowsOf(accuracies, settings)
  const path = write('images.svg', chart(rows))
  return [
    `${test.pixels.classes.length} emoji that no training saw, each query by another artist than its examples`,
    table(
      ['', ...settings.map(({ ways, shots }) => `${ways}-way ${shots}-shot, %`)],
      rows.map(({ cells }) => cells),
    ),
    ...(kinds.length > 0 ? [aboutAnimals(kinds)] : []),
    `written to ${path}`,
  ].join('\n')
}

async function contenders(
  train: Pictures,
  test: Pictures,
  steps: number,
  seed: number,
): Promise<Contender[]> {
  const raw = nearestCentroid({ backbone: embeddings() })
  const nothing: Meta = { params: {}, state: {} }
  return [
    { name: 'pixels, nearest mean', learner: raw, meta: nothing, data: test.pixels },
    { name: 'encoder, nearest mean', learner: raw, meta: nothing, data: test.embedded },
    {
      name: 'encoder, ProtoNet on top',
      ...(await metaTrained(train, steps, seed)),
      data: test.embedded,
    },
  ]
}

/** Pictures in memory are told apart by their pixels. */
function withContent(encoder: ReturnType<typeof imageEncoder>) {
  return {
    ...encoder,
    content: async (input: Tensor) => new Uint8Array((await input.data()).slice().buffer),
  }
}

interface Row {
  readonly name: string
  readonly bars: readonly {
    readonly setting: string
    readonly name: string
    readonly accuracy: number
  }[]
  readonly cells: readonly string[]
}

/** Each accuracy, and the difference to the encoder alone, paired by seed. */
function rowsOf(
  accuracies: ReadonlyMap<string, readonly number[]>,
  settings: readonly (typeof SETTINGS)[number][],
): Row[] {
  const names = [...new Set([...accuracies.keys()].map((key) => key.split('|')[0]!))]
  return names.map((name) => {
    const of = (who: string, { ways, shots }: (typeof SETTINGS)[number]) =>
      accuracies.get(`${who}|${ways}|${shots}`)!
    const cells = settings.map((setting) => {
      const own = of(name, setting)
      const paired =
        name === 'encoder, ProtoNet on top'
          ? ` (${against(own, of('encoder, nearest mean', setting), 1, 100)})`
          : ''
      return `${show(own, 1, 100)}${paired}`
    })
    const bars = settings.map((setting) => ({
      setting: `${setting.ways}-way ${setting.shots}-shot`,
      name,
      accuracy: 100 * mean(of(name, setting)),
    }))
    return { name, bars, cells: [name, ...cells] }
  })
}

function aboutAnimals(kinds: readonly Awaited<ReturnType<typeof animals>>[]): string {
  const right = show(
    kinds.map((kind) => kind.right),
    1,
    100,
  )
  const away = show(
    kinds.map((kind) => kind.turnedAway),
    1,
    100,
  )
  return `cats, dogs and birds from five pictures each: ${right} % named right, ${away} % of food turned away`
}

function chart(rows: readonly Row[]): string {
  const bars = rows.flatMap((row) => row.bars)
  const common = { x: 'accuracy', y: 'name', fy: 'setting' } as const
  return picture('Emoji by another artist, from one to three examples', {
    width: 760,
    height: 90 * new Set(bars.map(({ setting }) => setting)).size + 60,
    marginLeft: 180,
    marginRight: 110,
    x: { label: 'accuracy, %', domain: [0, 100], grid: true },
    y: { label: null, domain: rows.map(({ name }) => name) },
    fy: { label: null },
    color: { domain: rows.map(({ name }) => name), range: ['#b8c4ce', '#7fb2d9', '#0b3c6f'] },
    marks: [
      barX(bars, { ...common, fill: 'name' }),
      text(bars, {
        ...common,
        text: ({ accuracy }) => accuracy.toFixed(1),
        dx: 4,
        textAnchor: 'start',
      }),
      ruleX([0]),
    ],
  })
}

await runExample(import.meta.url, main)
