import { canonicalJson, isSpec, type Json, KshotError, type Spec } from '@kshot/core'
import type { EncoderCard } from '@kshot/core/card'
import { encoderCards } from './cards'
import { mayName } from './names'

/** The spec of an encoder that is named in one word. */
export function encoderSpec(name: string): Spec {
  const { factory } = encoderCards.find((card) => card.name === name)!
  return { ...factory, options: {} }
}

/** The card of an encoder, if it can be named in one word. */
export function encoderCard(spec: Spec): EncoderCard | undefined {
  return encoderCards.find(
    ({ factory }) => factory.package === spec.package && factory.export === spec.export,
  )
}

/** `image-encoder`; of an encoder that an app brings, as the app calls it. */
export function encoderName(spec: Spec): string {
  return encoderCard(spec)?.name ?? String(spec.options.name ?? spec.export)
}

/**
 * The encoder that a learner stands on, wherever it is among its options; undefined where it sees its
 * examples as they are.
 * @throws `config/bad-value` for two of them
 */
export function encoderOf(learner: unknown): Spec | undefined {
  const found = new Map(encodersIn(learner).map((spec) => [canonicalJson(spec), spec]))
  const [first, second] = found.values()
  if (!second) return first
  throw new KshotError('config/bad-value', {
    got: `a learner on ${encoderName(first!)} and on ${encoderName(second)}`,
    expected: 'one encoder: all parts of a learner see the same embeddings',
    remedy: 'Name the same one everywhere',
  })
}

function encodersIn(value: unknown): Spec[] {
  if (typeof value !== 'object' || value === null) return []
  if (isSpec(value) && mayName('encoder', value.package, value.export)) return [value]
  return Object.values(value as { [key: string]: Json }).flatMap(encodersIn)
}
