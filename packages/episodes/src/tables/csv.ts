import { MOST_LINES } from './table'

/** Of one field, or one text. */
export const MOST_CHARACTERS = 2 ** 20
export const TOO_LONG = `more than ${MOST_CHARACTERS} characters`

/**
 * The rows of a CSV text (RFC 4180): fields in double quotes may hold the delimiter, line breaks and
 * doubled quotes. Each row comes with the number of its first line.
 * @param most fields of a row
 * @throws Error if a quote is never closed, or has something behind it, or there are more fields,
 * characters or lines
 */
export function* csvRows(
  text: string,
  delimiter = ',',
  most = Number.POSITIVE_INFINITY,
): Generator<{ line: number; fields: string[] }> {
  const [lineEnd, between] = [finder(text, '\n'), finder(text, delimiter)]
  let [at, line] = [0, 1]
  while (at < text.length) {
    // An empty line is no row; a file may have millions of them.
    if (text[at] === '\n') {
      at++
      if (++line > MOST_LINES) throw tooManyLines()
      continue
    }
    const row = { line, fields: [] as string[] }
    for (;;) {
      const quote = text[at] === '"'
      const field = quote ? quoted(text, at) : plain(text, at, between(at), lineEnd(at))
      if (!field || field.value.length > MOST_CHARACTERS)
        throw new Error(`line ${line}: ${TOO_LONG}`)
      row.fields.push(field.value)
      if (row.fields.length > most) throw new Error(`line ${line}: more than ${most} fields`)
      if (quote) line += lineBreaks(field.value)
      at = field.end
      if (text[at] !== delimiter) break
      at++
    }
    if (text[at] === '\r') at++
    if (at < text.length && text[at] !== '\n') throw new Error(`line ${line}: text behind a quote`)
    at++
    if (++line > MOST_LINES) throw tooManyLines()
    if (row.fields.length > 1 || row.fields[0] !== '') yield row
  }
}

function tooManyLines(): Error {
  return new Error(`more than ${MOST_LINES} lines`)
}

/** Where a character comes next, from places that only grow: each is looked for once. */
function finder(text: string, character: string): (from: number) => number {
  let next = -1
  return (from) => {
    if (next < from) next = text.indexOf(character, from)
    if (next < 0) next = text.length
    return next
  }
}

function lineBreaks(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

interface Field {
  readonly value: string
  /** Where the next character stands. */
  readonly end: number
}

function plain(text: string, from: number, between: number, lineEnd: number): Field {
  const end = Math.min(between, lineEnd)
  const carriage = end === lineEnd && end > from && text[end - 1] === '\r'
  return { value: text.slice(from, carriage ? end - 1 : end), end }
}

/** Undefined if it is too long; what is longer is not searched for its end. */
function quoted(text: string, from: number): Field | undefined {
  let doubled = false
  for (let at = from + 1; ; doubled = true) {
    const end = text.indexOf('"', at)
    if (end < 0) throw new Error('a quote that is never closed')
    if (end - from > 2 * MOST_CHARACTERS) return undefined
    if (text[end + 1] === '"') {
      at = end + 2
      continue
    }
    const value = text.slice(from + 1, end)
    return { value: doubled ? value.replaceAll('""', '"') : value, end: end + 1 }
  }
}
