import { KshotError } from '@kshot/core'

/** A text is read up to here, in UTF-16 units: what follows changes nothing, and costs nothing. */
export const MOST_CHARACTERS = 10_000

/**
 * The beginning of each text that encoders read.
 * @throws `text-encoder/bad-input` for what is no array of texts, and half a character of UTF-16
 */
export function readable(inputs: readonly string[]): string[] {
  if (!Array.isArray(inputs)) throw badInput(described(inputs), 'an array of texts')
  return Array.from(inputs, (text: unknown, i) => {
    if (typeof text !== 'string') throw badInput(`${described(text)} at index ${i}`, 'a text')
    const at = text.search(LONE)
    if (at < 0) return text.slice(0, MOST_CHARACTERS).replace(LONE, '')
    throw badInput(`half a character (a lone surrogate) at ${at} of text ${i}`, 'whole characters')
  })
}

/**
 * Ids of the pieces of each text.
 * @throws `text-encoder/bad-input` for a text without any
 */
export function piecesOf(
  inputs: readonly string[],
  split: (text: string) => readonly number[],
): (readonly number[])[] {
  return readable(inputs).map((text, i) => {
    const ids = split(text)
    if (ids.length > 0) return ids
    throw badInput(`${text === '' ? 'an empty text' : 'a text of spaces'} at index ${i}`, 'words')
  })
}

const LONE = /\p{Surrogate}/u

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' || typeof value === 'function'
    ? `an object (${value.constructor?.name ?? 'without a prototype'})`
    : `the ${typeof value} ${String(value).slice(0, 60)}`
}

function badInput(got: string, expected: string): KshotError {
  return new KshotError('text-encoder/bad-input', {
    got,
    expected,
    remedy: 'Pass texts as in encode([text]), and leave out those that are empty or broken',
  })
}
