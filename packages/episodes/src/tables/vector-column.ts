import { badOption } from '../checks'
import { shortList } from '../understood'
import { damaged, shown } from './damaged'
import type { NumberReader } from './numbers'
import { MOST_COLUMNS, type Table } from './table'

/**
 * Vectors that stand in one column as lists, as one array of `n` numbers for each place in them.
 * @param name of the column; by default `x`, where the first example has a list there
 * @returns undefined if no column holds lists
 * @throws `episodes/damaged-file`, `episodes/bad-option`
 */
export function vectorColumn(
  table: Table,
  name: string | undefined,
  read: NumberReader,
): Float64Array[] | undefined {
  const at = table.names.indexOf(name ?? 'x')
  if (name === undefined && !Array.isArray(table.rows[0]?.values[at])) return undefined
  if (at < 0) throw noColumn(table, name!)
  const texts = name !== undefined
  const lists = table.rows.map(({ values, where }) => listIn(values[at], where, name ?? 'x', texts))
  const size = lists[0]!.length
  if (size > MOST_COLUMNS) throw damaged(table.rows[0]!.where, `${size} numbers`, `${MOST_COLUMNS}`)
  const columns = Array.from({ length: size }, () => new Float64Array(lists.length))
  for (const [i, list] of lists.entries()) {
    const { where } = table.rows[i]!
    if (list.length !== size) {
      throw damaged(where, `an example of ${list.length} numbers`, `${size}, as in the first one`)
    }
    for (let k = 0; k < size; k++) columns[k]![i] = read(list[k], where, String(k))
  }
  return columns
}

/** A list, or the text of one: `[1, 2]`, `[1. 2.]`, `1 2`, `1;2`. */
function listIn(value: unknown, where: string, name: string, texts: boolean): readonly unknown[] {
  const list = texts && typeof value === 'string' ? listed(value) : value
  if (Array.isArray(list) && list.length > 0) return list
  throw damaged(where, `'${name}' is ${shown(value)}`, 'a list of numbers')
}

function listed(text: string): string[] {
  const inner = text.trim().replace(/^[[({]|[\])}]$/g, '')
  return inner.split(/[\s,;|]+/).filter((part) => part !== '')
}

function noColumn({ path, names }: Table, name: string) {
  return badOption(
    `${path}: no column '${name}' among ${shortList(names, 20)}`,
    'the column, or key, that holds the vectors',
    "Correct the option 'vector'",
  )
}
