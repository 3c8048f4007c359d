// Intents from a few sentences: `pnpm example language`.
import { wasm } from '@kshot/backend-wasm'
import { cached, createClassifier, customEncoder, memoryStore, useBackend } from '@kshot/core'
import { bagOfNgrams } from '@kshot/episodes'
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
import { staticTextEncoder, textEncoder } from '@kshot/text-encoder'
import { dot, line, ruleX, text } from '@observablehq/plot'
import { requests } from './data'
import { type Contender, measured, type Score } from './measure'

const NGRAMS = 1024
/** SetFit's users report it on the same sentences at 8 shots, out of scope as a class of its own. */
const SETFIT = { shots: 8, accuracy: 0.78 }

/** Meta-training has no part in this: the encoders were trained on other texts, and nothing is trained here. */
function contenders(): Contender[] {
  const store = () => memoryStore({ entries: 50_000 })
  const encoder = cached(textEncoder(), store())
  return [
    {
      name: 'hashed n-grams, nearest mean',
      encoder: customEncoder<string>({
        name: 'n-grams',
        dimensions: NGRAMS,
        encode: (texts) => texts.map((one) => bagOfNgrams(one, NGRAMS)),
      }),
    },
    { name: 'staticTextEncoder, nearest mean', encoder: cached(staticTextEncoder(), store()) },
    { name: 'textEncoder, nearest mean', encoder },
    { name: 'the same, threshold chosen', encoder, unknown: 'chosen' },
  ]
}

export async function main({ short, seeds, write }: Form): Promise<string> {
  await useBackend(wasm())
  const shots = short ? [1, 5] : [1, 2, 5, SETFIT.shots]
  const data = await requests(short ? 2 : 10, short ? 12 : 150)
  const all = contenders().slice(0, short ? 2 : undefined)
  const bar = progress('encoding and asking', all.length * shots.length * seeds.length)
  const scores = new Map<string, Score[]>()
  for (const contender of all) {
    for (const k of shots) {
      const own: Score[] = []
      for (const seed of seeds) {
        own.push(await measured(contender, data, k, seed))
        bar.step()
      }
      scores.set(`${contender.name} ${k}`, own)
    }
  }
  bar.stop()
  const of = (name: string, k: number) => scores.get(`${name} ${k}`)!
  const rows = all.flatMap(({ name }) =>
    shots.map((k) => row(name, k, of(name, k), of(all[0]!.name, k))),
  )
  const points = all.flatMap(({ name }) =>
    shots.map((k) => ({ name, shots: k, accuracy: 100 * mean(of(name, k).map((s) => s.overall)) })),
  )
  const path = write('language.svg', chart(points, data.intents.length))
  return [
    `${data.intents.length} intents and none of them, ${data.questions.length} questions, ${seeds.length} draws of sentences`,
    table(
      ['', 'shots', 'all right, %', 'to n-grams', 'intent, %', 'lost, %', 'turned away, %'],
      rows,
    ),
    await adding(all.at(-1)!),
    `written to ${path}`,
  ].join('\n')
}

function row(name: string, k: number, own: readonly Score[], first: readonly Score[]): string[] {
  const column = (key: keyof Score) => own.map((score) => score[key])
  const overall = column('overall')
  return [
    name,
    `${k}`,
    show(overall, 1, 100),
    own === first
      ? ''
      : against(
          overall,
          first.map((score) => score.overall),
          1,
          100,
        ),
    show(column('intent'), 1, 100),
    show(column('lost'), 1, 100),
    show(column('turnedAway'), 1, 100),
  ]
}

/** A new intent is five more examples: nothing is trained, and what was known stays. */
async function adding({ encoder }: Contender): Promise<string> {
  const classifier = await createClassifier({ encoder })
  await classifier.addExamples('weather', [
    'will it rain tomorrow',
    'how cold is it outside',
    'is it sunny',
  ])
  await classifier.addExamples('alarm', [
    'wake me up at six',
    'set an alarm for noon',
    'alarm at 7 please',
  ])
  const asked = 'lend my dog some company on a walk'
  const before = await classifier.predict(asked)
  const started = performance.now()
  await classifier.addExamples('dog walker', [
    'find someone to walk my dog',
    'book a dog walker',
    'my dog needs a walk',
  ])
  const after = await classifier.predict(asked)
  const ms = Math.round(performance.now() - started)
  return `“${asked}”: ${before.label ?? 'none of these'}; three sentences of a new intent later (${ms} ms): ${after.label ?? 'none of these'}`
}

function chart(
  points: readonly { readonly name: string; readonly shots: number; readonly accuracy: number }[],
  ways: number,
): string {
  const last = points.filter(({ shots }) => shots === points.at(-1)!.shots)
  const marks = { x: 'shots', y: 'accuracy', stroke: 'name' } as const
  // Names beside lines that end close together are set apart.
  const places = spread(
    last.map((point) => point.accuracy),
    4,
  )
  const names = last.map((point, i) => ({ ...point, at: places[i]! }))
  return picture(`${ways} intents and “none of these”, from a few sentences each`, {
    width: 820,
    marginRight: 240,
    x: { type: 'log', label: 'sentences per intent', ticks: [1, 2, 5, 8], tickFormat: 'd' },
    y: { label: 'right answers, %', grid: true, domain: [0, 100] },
    marks: [
      line([...points], { ...marks, strokeWidth: 2 }),
      dot([...points], { ...marks, fill: 'name' }),
      text(names, { x: 'shots', y: 'at', text: 'name', fill: 'name', dx: 8, textAnchor: 'start' }),
      ruleX([SETFIT.shots], { stroke: '#ddd' }),
      dot([SETFIT], {
        x: 'shots',
        y: () => 100 * SETFIT.accuracy,
        symbol: 'times',
        stroke: '#222',
        r: 6,
      }),
      text([SETFIT], {
        x: 'shots',
        y: () => 100 * SETFIT.accuracy,
        text: () => 'SetFit, fine-tuned',
        dx: 8,
        dy: -8,
        textAnchor: 'start',
      }),
    ],
  })
}

await runExample(import.meta.url, main)
