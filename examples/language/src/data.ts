import { rng } from '@kshot/core'
import { intents } from '@kshot/intents'

/** A sentence and the intent that it belongs to; null: none. */
export interface Request {
  readonly text: string
  readonly intent: string | null
}

export interface Requests {
  readonly intents: readonly string[]
  /** Some sentences of an intent that a person might write down: of CLINC150's own training part. */
  examples(intent: number, shots: number, seed: number): string[]
  readonly questions: readonly Request[]
  /** Others, of CLINC150's validation part: a threshold may be chosen by them. */
  readonly validation: readonly Request[]
}

/** The first of CLINC150's test sentences: the ones before are its training and validation part. */
const TEST = 120
const TRAIN = 100
const VALIDATION_EACH = 2

/**
 * Questions are CLINC150's test sentences, and requests out of scope in the same proportion as there.
 * @param each questions per intent, up to 30
 */
export async function requests(each: number, ways: number): Promise<Requests> {
  const { all, outOfScope } = await intents()
  const chosen = all.classes.slice(0, ways)
  const inside = (from: number, each: number) =>
    chosen.flatMap(({ id }, c) =>
      Array.from({ length: each }, (_, i) => ({ text: all.text(c, from + i), intent: id })),
    )
  const withStrangers = (known: readonly Request[], strangers: readonly string[]) => {
    const count = Math.round((known.length * 1000) / 4500)
    return [...known, ...strangers.slice(0, count).map((text) => ({ text, intent: null }))]
  }
  return {
    intents: chosen.map(({ id }) => id),
    examples: (intent, shots, seed) =>
      rng(seed)
        .split(intent)
        .sample(TRAIN, shots)
        .map((i) => all.text(intent, i)),
    questions: withStrangers(inside(TEST, each), outOfScope.test),
    validation: withStrangers(inside(TRAIN, VALIDATION_EACH), outOfScope.validation),
  }
}
