import { createClassifier, type Encoder, type Prediction } from '@kshot/core'
import type { Request, Requests } from './data'

/** Who answers: an encoder with a head on its embeddings. */
export interface Contender {
  readonly name: string
  readonly encoder: Encoder<string>
  /** Where “none of these” begins; `chosen`: by questions apart from those of the test. Default: `auto`. */
  readonly unknown?: 'chosen'
}

/** Shares of all questions, 0 … 1. */
export interface Score {
  /** Right answers: the intent, or none for what is out of scope. */
  readonly overall: number
  /** Of requests with an intent: the likeliest one is right, whether it was given or not. */
  readonly intent: number
  /** Of requests with an intent: turned away by mistake. */
  readonly lost: number
  /** Of requests out of scope: turned away. */
  readonly turnedAway: number
}

/** Similarities to the nearest intent below which a request may count as none. */
const THRESHOLDS = [0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65]

export async function measured(
  contender: Contender,
  data: Requests,
  shots: number,
  seed: number,
): Promise<Score> {
  if (contender.unknown === undefined) return asked(contender, data, data.questions, shots, seed)
  const scores = []
  for (const unknown of THRESHOLDS) {
    const score = await asked(contender, data, data.validation, shots, seed, unknown)
    scores.push(score.overall)
  }
  const best = THRESHOLDS[scores.indexOf(Math.max(...scores))]!
  return asked(contender, data, data.questions, shots, seed, best)
}

async function asked(
  { encoder }: Contender,
  { intents, examples }: Requests,
  questions: readonly Request[],
  shots: number,
  seed: number,
  unknown: number | 'auto' = 'auto',
): Promise<Score> {
  const classifier = await createClassifier({ encoder, unknown })
  for (const [i, intent] of intents.entries()) {
    await classifier.addExamples(intent, examples(i, shots, seed))
  }
  const answers = await classifier.predictMany(questions.map(({ text }) => text))
  return scored(questions, answers)
}

function scored(questions: readonly Request[], answers: readonly Prediction[]): Score {
  const pairs = questions.map((question, i) => [question, answers[i]!] as const)
  const inside = pairs.filter(([{ intent }]) => intent !== null)
  const outside = pairs.filter(([{ intent }]) => intent === null)
  const share = (of: typeof pairs, is: (pair: (typeof pairs)[number]) => boolean) =>
    of.filter(is).length / of.length
  return {
    overall: share(pairs, ([{ intent }, { label }]) => intent === label),
    intent: share(inside, ([{ intent }, { ranking }]) => ranking[0]!.label === intent),
    lost: share(inside, ([, { label }]) => label === null),
    turnedAway: share(outside, ([, { label }]) => label === null),
  }
}
