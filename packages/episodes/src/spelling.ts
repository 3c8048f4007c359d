import { KshotError } from '@kshot/core'

/** Whether names that differ in case, spaces or Unicode form alone may be different classes. */
export type Spelling = 'strict' | 'exact'

/**
 * Throws where two names are one but for case, spaces or Unicode form: one class under two names ends
 * up in training and in test, by chance.
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

function folded(name: string): string {
  return name
    .normalize('NFC')
    .replace(/[\u200b\u2060\u00ad]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
    .normalize('NFC')
}

function twice(first: string, second: string): KshotError {
  return new KshotError('episodes/same-class-twice', {
    got: `the classes ${shown(first)} and ${shown(second)}, whose names differ in ${difference(first, second)} alone`,
    expected: 'one name per class: otherwise it may be in training and in test',
    remedy: "Give them one name; if they are two classes, pass the option spelling: 'exact'",
  })
}

function difference(a: string, b: string): string {
  const form = (name: string) => name.normalize('NFC')
  const spaces = (name: string) => form(name).replace(/[\s\u200b\u2060\u00ad]+/g, '')
  if (form(a) === form(b)) return 'Unicode form'
  return spaces(a) === spaces(b) ? 'spaces' : 'case'
}

/** What can't be seen is escaped: other spaces than blanks, and accents that stand apart. */
function shown(name: string): string {
  const escaped = (c: string) => `\\u{${c.codePointAt(0)!.toString(16)}}`
  return `'${name.replace(/[^\S ]|[\u200b\u2060\u00ad]|\p{M}/gu, escaped)}'`
}
