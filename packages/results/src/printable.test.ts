import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csv } from './formats/csv'
import { json } from './formats/json'
import { latex } from './formats/latex'
import { markdown } from './formats/markdown'
import { printedJson } from './json-text'
import { allPrintable, printable, printableLines } from './printable'
import type { FailedRow } from './row'
import { row, sources } from './rows.testing'
import { tablesOf } from './tables'

/** A table whose every text is hostile. */
function tableOf(text: string) {
  const named = (learner: string) => {
    const one = row({ learner })
    return {
      ...one,
      cell: { ...one.cell, setting: text },
      setting: { ...one.setting, dataset: text, split: text },
      episodeSet: text,
      device: text,
      kernels: text,
      commit: text,
      labels: { ...one.labels, split: learner, resize: learner },
    }
  }
  const failed: FailedRow = {
    status: 'failed',
    cell: { ...row().cell, setting: text, learner: `bad ${text}` },
    reason: { code: text, got: text, expected: text, remedy: text },
  }
  return tablesOf(sources(named(`${text} 1`), named(`${text} 2`), named('plain'), failed))
}

const formats = { markdown, csv, latex }
const steering = (text: string) =>
  [...text].filter((c) => printableLines(c) !== c && c !== '\r' && c !== '\ufffd')

describe('text of a file', () => {
  it('steers nothing that shows it', () => {
    expect(printable('\u001b[2Jgone\nnext')).toBe('\ufffd[2Jgone next')
    expect(printable('a\u0007b\u009bc\u202ed')).toBe('a\ufffdb\ufffdc\ufffdd')
    expect(printable('ünï ≠ 日本 😀')).toBe('ünï ≠ 日本 😀')
    expect(printable('\ud83d')).toBe('\ufffd')
    expect(printableLines('a\r\nb\u001bc')).toBe('a\nb\ufffdc')
    expect(allPrintable({ 'k\u001b': [{ a: '\n' }, 1, null] })).toEqual({
      'k\ufffd': [{ a: ' ' }, 1, null],
    })
  })

  it('of any kind leaves no control character in any format', () => {
    const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(hostile, (text) => {
        const tables = tableOf(text)
        for (const format of Object.values(formats)) expect(steering(format(tables))).toEqual([])
        JSON.parse(json(tables))
      }),
      { numRuns: 100 },
    )
  })
})

describe('in a spreadsheet', () => {
  it('is text, where it begins as a formula would', () => {
    for (const text of [
      '=1+1',
      '+1',
      '-1',
      '@x',
      ' =1',
      '\t=1',
      '\n=1',
      '＝1',
      '=cmd|"/c calc"!A1',
    ]) {
      const cells = csv(tableOf(text))
      expect(cells).not.toMatch(/(^|,|\n)"?\s*[=+@＝][^,\r\n]/)
      expect(cells).not.toMatch(/(^|,|\n)"?\s*-[^\d]/)
    }
    // Numbers stay numbers.
    expect(csv(tableOf('x'))).toMatch(/,-?0\.\d+/)
  })
})

describe('in LaTeX', () => {
  it('leaves neither its comment nor its cell', () => {
    const text = latex(tableOf('a\n\\input{/etc/passwd}\n\\end{table}'))
    expect(text).not.toContain('\\input')
    expect(text.match(/\\end\{table\}/g)).toHaveLength(text.split('\\begin{table}').length - 1)
  })
})

describe('in Markdown', () => {
  it('is neither HTML, nor a link, a heading, a picture or a new cell', () => {
    const text = markdown(
      tableOf('<script>x</script>[a](javascript:b)![p](http://x)\n# big\n|`*&lt;\\|'),
    )
    expect(text).not.toMatch(/<[a-z/!]/i)
    expect(text).not.toMatch(/(?<!\\)\[[^\]]*(?<!\\)\]\(/)
    expect(text).not.toMatch(/^# /m)
    expect(text).not.toContain('&lt;\\\\|')
    const rows = text.split('\n').filter((line) => line.startsWith('| '))
    const columns = rows.map((line) => line.replace(/\\[\\|]/g, '').split('|').length)
    expect(new Set(columns).size).toBe(1)
  })
})

it('JSON on a terminal says the same, and steers nothing', () => {
  const value = { text: '\u009b2J\u202e\u2066\u001b[31m\ud800\u007f' }
  const text = printedJson(value)
  expect(text).toMatch(/^[\x20-\x7e\n]*$/)
  expect(JSON.parse(text)).toEqual(value)
})
