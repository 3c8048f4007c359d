import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadReference } from '../reference/format'
import { referenceFile } from '../reference-file'
import { conformanceChecks, declared, keyOf, SECTIONS, type Section } from './index'

const text = readFileSync(
  fileURLToPath(new URL('../../../../docs/backends.md', import.meta.url)),
  'utf8',
)

/** The rows of a section of docs/backends.md, by their names. */
function rowsOf(section: Section): Map<string, string[]> {
  const [, ...parts] = text.split(/^### /m)
  const part = parts.find((part) => part.startsWith(`${SECTIONS[section]}\n`)) ?? ''
  const rows = part.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| |'))
  return new Map(
    rows.map((row) => {
      const [name, ...cells] = row.slice(2, -2).split(' | ')
      return [name!, cells]
    }),
  )
}

// none is run here
const never = () => {
  throw new Error('not to be run')
}
const learners = { maml: never, metaSgd: never, reptile: never, matching: never, protonet: never }
const checks = conformanceChecks(learners as never, loadReference(referenceFile))

describe('docs/backends.md', () => {
  const sections = Object.keys(SECTIONS) as Section[]

  it.each(sections)('has a row for each check of %s, and no other', (section) => {
    const names = checks.filter((check) => check.section === section).map(({ name }) => name)
    expect([...rowsOf(section).keys()]).toEqual(names)
  })

  it.each(sections)('shows no failure and no empty cell in %s', (section) => {
    const cells = [...rowsOf(section).values()].flat()
    expect(cells.length).toBeGreaterThan(0)
    expect(cells.filter((cell) => cell === '' || cell.includes('fails'))).toEqual([])
  })

  it('says what is known of each backend to the letter', () => {
    const shown = new Set(sections.flatMap((section) => [...rowsOf(section).values()]).flat())
    const texts = Object.values(declared)
      .flatMap((known) => Object.values(known))
      .map((known) => (typeof known === 'string' ? known : known.notRun))
    for (const known of texts) expect([...shown]).toContainEqual(expect.stringContaining(known))
  })
})

describe('the checks', () => {
  it('have names of their own', () => {
    const keys = checks.map(keyOf)
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
  })
})
