import { KshotError } from '@kshot/core'
import { badOption } from '../checks'
import { counted, shortList } from '../understood'
import { damaged, shown } from './damaged'
import { column, type Table } from './table'

/** What people call the column with the class. */
const USUAL = 'label labels class classname class_name species category target intent y name'.split(
  ' ',
)

/** The class of each row, and how it was found. */
export interface Labels {
  /** The name of the column, or key. */
  readonly key: string
  readonly of: readonly string[]
  readonly notes: readonly string[]
}

/**
 * The class of each row, without spaces around it.
 * @param wanted the name of the column; one that differs in case alone is taken for it
 * @param asked whether columns were named: then a table of regression tasks is classified all the same
 * @throws `episodes/bad-option` if there is no such column, `episodes/damaged-file`,
 * `episodes/not-classes` where the labels are measurements
 */
export function labelsOf(table: Table, wanted: string, asked: boolean): Labels {
  const key = keyOf(table, wanted)
  if (!asked) checkTasks(table, key)
  if (key === undefined) throw noLabel(table, wanted)
  const written = column(table, key)!
  const of = written.map((value, i) => labelOf(value, key, table, i))
  if (!asked) checkMeasurements(table, key, of)
  const spaced = written.filter((value) => typeof value === 'string' && value !== value.trim())
  const notes = [
    ...(key === wanted ? [] : [`the column '${key}' is taken for '${wanted}'`]),
    ...(spaced.length > 0 ? [`spaces around ${counted(spaced.length, 'label')} are ignored`] : []),
  ]
  return { key, of, notes }
}

function keyOf({ names }: Table, wanted: string): string | undefined {
  if (names.includes(wanted)) return wanted
  const alike = names.filter((name) => name.trim().toLowerCase() === wanted.trim().toLowerCase())
  return alike.length === 1 ? alike[0] : undefined
}

function labelOf(value: unknown, key: string, { rows }: Table, i: number): string {
  const plain = ['string', 'number', 'boolean'].includes(typeof value)
  const label = plain ? String(value).trim() : ''
  if (label !== '') return label
  if (value !== undefined) {
    throw damaged(rows[i]!.where, `the ${key} ${shown(value)}`, 'the name of a class')
  }
  throw damaged(rows[i]!.where, `no '${key}'`, 'the class of the example under this key')
}

function noLabel({ names, rows, path, delimiter }: Table, wanted: string): KshotError {
  const where = rows[0]?.where ?? path
  const usual = names.find((name) => USUAL.includes(name.trim().toLowerCase()))
  const numbers = names.filter((name) => name !== '' && Number.isFinite(Number(name)))
  const headless = delimiter !== undefined && numbers.length > names.length / 2
  return badOption(
    `${where}: no '${wanted}' among ${shortList(names, 20)}`,
    headless
      ? 'names of the columns in the first line, which holds numbers'
      : 'a column, or key, with the class of each example',
    headless
      ? `Add a first line, as in: x1,x2,${wanted}`
      : `Name it with the option 'label'${usual === undefined ? '' : `, as in label: '${usual}'`}`,
  )
}

/** `task,x,y`: points of functions, one function per task, are no examples of classes. */
function checkTasks({ names, path }: Table, key: string | undefined): void {
  const lower = names.map((name) => name.toLowerCase())
  const has = (pattern: RegExp) => lower.some((name) => pattern.test(name))
  if (![/^task$/, /^x_?\d*$/, /^y_?\d*$/].every(has)) return
  if (key !== undefined && key.toLowerCase() !== 'task') return
  throw new KshotError('episodes/not-classes', {
    got: `${path}: the columns ${names.join(', ')}, a table of regression tasks`,
    expected: 'examples with classes',
    remedy:
      "Read it with regressionFile, as the data set 'regression' of kshot does. If the tasks are classes nevertheless, pass label: 'task' and columns: ['x', 'y']",
  })
}

/** Labels that are nearly all different fractions are what a regression predicts. */
function checkMeasurements({ path }: Table, key: string, labels: readonly string[]): void {
  const distinct = new Set(labels)
  if (distinct.size < 10 || distinct.size < labels.length / 2) return
  const fractions = [...distinct].filter((label) => /^-?\d*[.,]\d+(e[-+]?\d+)?$/i.test(label))
  if (fractions.length < distinct.size / 2) return
  throw new KshotError('episodes/not-classes', {
    got: `${path}: ${distinct.size} different numbers in ${counted(labels.length, 'row')} under '${key}'`,
    expected: 'names of classes, each with several examples',
    remedy:
      "Group the numbers into a few classes first, or pass the class column as label; to predict the numbers, read it with regressionFile ('regression' in kshot)",
  })
}
