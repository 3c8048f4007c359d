import { KshotError } from '@kshot/core'

/** Whether names that differ only in case, spaces or Unicode form may be different classes. */
export type Spelling = 'strict' | 'exact'

/**
 * Throws where two names are one but for case, spaces, Unicode form or how a number is written: one
 * class under two names ends up in training and in test, by chance.
 * @throws `episodes/same-class-twice` naming both
 */
export function checkSpelling(names: Iterable<string>, spelling: Spelling = 'strict'): void {
  if (spelling === 'exact') return
  const seen = new Map<string, string>()
  for (const name of new Set(names)) {
    const other = seen.get(folded(name))
    if (other !== undefined) throw twice(other, name)
    seen.set(folded(name), name)
  }
}

/** What can't be seen: soft hyphens, joiners of words, marks of direction. */
const UNSEEN = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]/g

function folded(name: string): string {
  const plain = form(name).replace(UNSEEN, '').replace(/\s+/g, ' ').trim()
  if (NUMBER.test(plain)) return String(Number(plain))
  // By way of capitals, in which ß is SS and both small sigmas are one.
  return form(plain.toUpperCase().toLowerCase())
}

const NUMBER = /^[-+]?\d{1,15}(\.\d{0,15})?$/

/** Letters of one width and make, without the marks that ask for a coloured picture of a sign. */
function form(name: string): string {
  return name.normalize('NFKC').replace(/[\ufe0e\ufe0f]/g, '')
}

function twice(first: string, second: string): KshotError {
  return new KshotError('episodes/same-class-twice', {
    got: `the classes ${shown(first)} and ${shown(second)}, whose names differ only in ${difference(first, second)}`,
    expected: 'one name per class: otherwise it may be in training and in test',
    remedy: "Give them one name; if they are two classes, pass the option spelling: 'exact'",
  })
}

function difference(a: string, b: string): string {
  const spaces = (name: string) => form(name).replace(UNSEEN, '').replace(/\s+/g, '')
  if (form(a) === form(b)) return 'Unicode form'
  if (NUMBER.test(spaces(a))) return 'how the number is written'
  return spaces(a) === spaces(b) ? 'spaces' : 'case'
}

/** What can't be seen is escaped: other spaces than blanks, and accents that stand apart. */
function shown(name: string): string {
  const escaped = (c: string) => `\\u{${c.codePointAt(0)!.toString(16)}}`
  return `'${name.replace(/[^\S ]|\p{Cf}|\p{M}/gu, escaped)}'`
}
