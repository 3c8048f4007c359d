import { damaged, shown } from './damaged'

/** Reads the numbers of one file. */
export type NumberReader = (value: unknown, where: string, name: string) => number

/** What stands for a value that is not there. */
const MISSING = /^(|na|n\/a|nan|null|none|\?|-)$/i
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i
const COMMA = /^[-+]?(\d+,\d+|,\d+)(e[-+]?\d+)?$/i
const THOUSANDS = /^[-+]?\d{1,3}([.,' ]\d{3})+([.,]\d+)?$/
/** The largest float32. */
const LARGEST = 3.4028234663852886e38

/**
 * A reader that takes decimal commas where they can't be anything else: not between commas, and not
 * beside decimal points.
 * @throws (the reader) `episodes/damaged-file` naming the value, and what it seems to be
 */
export function numberReader(delimiter: string | undefined): NumberReader {
  const seen: { comma?: string; point?: string } = {}
  return (value, where, name) => {
    const fail = (what: string, remedy?: string): never => {
      const place = /^\d+$/.test(name) ? `x[${name}]` : `'${name}'`
      throw damaged(where, `${place} is ${shown(value)}${what}`, 'a finite number', remedy)
    }
    if (typeof value === 'number') return inRange(value, fail)
    if (typeof value !== 'string') return fail('')
    const text = value.trim()
    if (NUMBER.test(text)) {
      if (!text.includes('.')) return inRange(Number(text), fail)
      if (seen.comma) return fail(`, where ${seen.comma} has a decimal comma`)
      seen.point ??= text
      return inRange(Number(text), fail)
    }
    if (COMMA.test(text) && delimiter !== ',') {
      seen.comma ??= text
      if (seen.point) return fail(`, where ${seen.point} has a decimal point`)
      return inRange(Number(text.replace(',', '.')), fail)
    }
    if (MISSING.test(text)) {
      return fail(
        ', a missing value',
        'Fill it in, remove the line, or leave the column out with the option exclude',
      )
    }
    if (THOUSANDS.test(text) || COMMA.test(text)) {
      return fail(', with a comma or a thousands separator', 'Write it with only a decimal point')
    }
    return fail('', 'Correct it, or leave the column out with the option exclude')
  }
}

function inRange(value: number, fail: (what: string) => never): number {
  if (!Number.isFinite(value)) return fail('')
  if (Math.abs(value) > LARGEST) return fail(', more than a float32 holds (3.4e38)')
  return value
}
