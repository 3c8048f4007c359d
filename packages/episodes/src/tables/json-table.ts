import { shortList } from '../understood'
import { damaged, shown } from './damaged'
import {
  MOST_COLUMNS,
  MOST_LINES,
  MOST_ROWS,
  PlacedRow,
  type Row,
  type Table,
  tooManyRows,
} from './table'

type Record = { readonly [key: string]: unknown }

/** Deeper is no example, but a text that was made to exhaust a parser. */
const DEEPEST = 32
/** Objects whose keys all differ would be a table of nothing but gaps. */
const MOST_CELLS = 2 ** 26

/**
 * The table in JSON Lines: one object per line.
 * @throws `episodes/damaged-file` naming the line
 */
export function jsonLinesTable(path: string, text: string): Table {
  const records: Placed[] = []
  for (const [number, line] of linesOf(text)) {
    if (number > MOST_LINES) throw damaged(path, `more than ${MOST_LINES} lines`, 'fewer')
    if (line.trim() === '') continue
    const where = `${path}, line ${number}`
    const record = parsed(line, where, 0)
    if (!isRecord(record)) throw noObject(where, line)
    if (records.push({ number, record }) > MOST_ROWS) throw tooManyRows(path)
  }
  return tableOf(path, 'line', records)
}

/** An object, and the number of its line or entry. */
interface Placed {
  readonly number: number
  readonly record: Record
}

/** One after the other: a list of all would be longer than the text. */
function* linesOf(text: string): Generator<[number: number, line: string]> {
  for (let at = 0, number = 1; at < text.length; number++) {
    const end = text.indexOf('\n', at)
    const stop = end < 0 ? text.length : end
    yield [number, text.slice(at, stop)]
    at = stop + 1
  }
}

function noObject(where: string, line: string) {
  const [odd] = /\b(NaN|Infinity)\b/.exec(line) ?? []
  return odd
    ? damaged(
        where,
        `${odd}, which JSON does not have`,
        'numbers',
        'Fill it in, or take the line out',
      )
    : damaged(where, shown(line), 'one JSON object per line')
}

/**
 * The table in a JSON list of objects.
 * @throws `episodes/damaged-file` naming the entry
 */
export function jsonArrayTable(path: string, text: string): Table {
  const expected = 'a JSON list of objects, or one object per line'
  const list = parsed(text, path, 1)
  if (list === undefined) throw damaged(path, text.trim().slice(0, 60), expected)
  if (isRecord(list)) {
    const keys = Object.keys(list).map((key) => `'${key}'`)
    throw damaged(path, `an object with the keys ${shortList(keys)}, not a list`, expected)
  }
  if (!Array.isArray(list)) throw damaged(path, 'JSON that is not a list', expected)
  if (list.length > MOST_ROWS) throw tooManyRows(path)
  const records = list.map((record: unknown, i): Placed => {
    if (isRecord(record)) return { number: i + 1, record }
    throw damaged(`${path}, entry ${i + 1}`, JSON.stringify(record).slice(0, 60), 'an object')
  })
  return tableOf(path, 'entry', records)
}

/**
 * The value of a JSON text, undefined where it is none. Its brackets and keys are counted before it is
 * parsed.
 * @param outer brackets around the objects
 */
function parsed(text: string, where: string, outer: 0 | 1): unknown {
  const { depth, keys } = shapeOf(text, outer)
  if (depth > DEEPEST) {
    throw damaged(where, `brackets nested more than ${DEEPEST} deep`, `at most ${DEEPEST}`)
  }
  if (keys > MOST_COLUMNS) {
    throw damaged(where, `an object of more than ${MOST_COLUMNS} keys`, `at most ${MOST_COLUMNS}`)
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** How deep its brackets are, and how many keys its largest object has; no more than is too much. */
function shapeOf(text: string, outer: number): { depth: number; keys: number } {
  let [depth, deepest, keys, most, quoted] = [0, 0, 0, 0, false]
  for (let i = 0; i < text.length && deepest <= DEEPEST && most <= MOST_COLUMNS; i++) {
    const c = text.charCodeAt(i)
    if (c === 92 && quoted) i++
    else if (c === 34) quoted = !quoted
    else if (quoted) continue
    else if (c === 91 || c === 123) deepest = Math.max(deepest, ++depth)
    else if (c === 58) most = Math.max(most, ++keys)
    else if (c === 93 || c === 125) {
      depth--
      if (depth === outer) keys = 0
    }
  }
  return { depth: deepest, keys: most }
}

function isRecord(value: unknown): value is Record {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function tableOf(path: string, unit: 'line' | 'entry', records: readonly Placed[]): Table {
  const places = new Map<string, number>()
  for (const { number, record } of records) {
    for (const key of Object.keys(record)) if (!places.has(key)) places.set(key, places.size)
    if (places.size > MOST_COLUMNS) {
      throw damaged(`${path}, ${unit} ${number}`, `${places.size} keys`, `${MOST_COLUMNS}`)
    }
  }
  if (places.size * records.length > MOST_CELLS) {
    throw damaged(
      path,
      `${places.size} keys in ${records.length} objects`,
      'objects with the same keys',
    )
  }
  const rows = records.map(({ number, record }): Row => {
    const values: unknown[] = new Array(places.size).fill(undefined)
    for (const [key, value] of Object.entries(record)) values[places.get(key)!] = value
    return new PlacedRow(path, unit, number, values)
  })
  return { path, names: [...places.keys()], rows }
}
