import type { KshotError } from '@kshot/core'
import { damaged } from './damaged'

/** The rows of a file, whatever its format. */
export interface Table {
  readonly path: string
  /** Of all columns, or keys, in the order in which they first come. */
  readonly names: readonly string[]
  readonly rows: readonly Row[]
  /** Between the fields of a line; undefined for JSON. */
  readonly delimiter?: string
}

export interface Row {
  /** For example `flowers.csv, line 7`: for errors. */
  readonly where: string
  /** In the order of the names; from CSV all values are texts. Undefined where a key is missing. */
  readonly values: readonly unknown[]
}

/** A row that says where it stands when it is asked: most rows never are. */
export class PlacedRow implements Row {
  constructor(
    private readonly path: string,
    private readonly unit: 'line' | 'entry',
    private readonly number: number,
    readonly values: readonly unknown[],
  ) {}

  get where(): string {
    return `${this.path}, ${this.unit} ${this.number}`
  }
}

/** More are no table, but a file that was made to exhaust memory. */
export const MOST_COLUMNS = 100_000
export const MOST_ROWS = 1_000_000
/** Empty ones, and those within quotes, count too. */
export const MOST_LINES = 2 ** 24

export function tooManyRows(path: string): KshotError {
  return damaged(path, `more than ${MOST_ROWS} rows`, `at most ${MOST_ROWS}`, 'Split it')
}

/** A column by its name. */
export function column({ names, rows }: Table, name: string): unknown[] | undefined {
  const at = names.indexOf(name)
  return at < 0 ? undefined : rows.map(({ values }) => values[at])
}
