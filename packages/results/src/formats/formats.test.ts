import { describe, expect, it } from 'vitest'
import { numbers } from '../published.testing'
import type { FailedRow } from '../row'
import { row, sources } from '../rows.testing'
import { tablesOf } from '../tables'
import { csv } from './csv'
import { json } from './json'
import { escapedTex, latex } from './latex'
import { markdown } from './markdown'

const nasty = 'a|b & "c" <script>alert(1)</script> 50%_x'
const failed: FailedRow = {
  status: 'failed',
  cell: row({ learner: 'broken' }).cell,
  reason: { code: 'core/x', got: 'a <b> loss', expected: 'b', remedy: 'c' },
}
const slower = { ...row().costs, adaptPredictMs: 30 }
const tables = tablesOf(
  sources(
    row({ learner: nasty, scores: [0.75, 1, 0.75, 1] }),
    row({ learner: 'other', scores: [0.5, 0.25, 0.75, 0.5], more: { costs: slower } }),
    failed,
  ),
  numbers,
)
const none = tablesOf(sources(failed))

/** Fields of RFC 4180. */
function parsed(text: string): string[][] {
  const lines = text.split('\r\n').slice(0, -1)
  return lines.map((line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!,
    ),
  )
}

describe('markdown', () => {
  it('has a row a learner, and keeps bars out of the cells', () => {
    const text = markdown(tables)
    const rows = text.split('\n').filter((line) => line.startsWith('| '))
    expect(rows).toHaveLength(4)
    const columns = rows.map((line) => line.replaceAll('\\|', '').split('|').length)
    expect(new Set(columns).size).toBe(1)
    expect(rows[2]).toContain('87.50 ± ')
    expect(rows[2]).toContain('98.8 ≠ train+val, episodes')
    expect(text).toContain('- failed: broken, seed 1: core/x, a &lt;b> loss')
    expect(markdown(none)).toContain('core/x')
  })
})

describe('csv', () => {
  it('quotes what needs it and has numbers as fractions', () => {
    const [header, first, second] = parsed(csv(tables))
    expect(first).toHaveLength(header!.length)
    const at = (line: string[]) => Object.fromEntries(header!.map((name, i) => [name, line[i]]))
    expect(at(first!)).toMatchObject({ learner: nasty, accuracy: '0.875', rank: '1', toBest: '' })
    expect(at(second!)).toMatchObject({
      table: 'omniglot, 5-way 1-shot',
      learner: 'other',
      accuracy: '0.5',
      paper: '0.988',
      paperProtocol: '≠ train+val, episodes',
      insideInterval: '',
      trainSeconds: '20',
    })
    expect(Number(at(second!).toBest)).toBeCloseTo(-0.375, 10)
    expect(csv(none)).toBe('')
  })
})

describe('json', () => {
  it('is one document with tables and rows', () => {
    const { tables: all, rows } = JSON.parse(json(tables))
    expect(all[0].ranking[0]).toMatchObject({ rank: 1, name: nasty, accuracy: 0.875, toBest: null })
    expect(all[0].ranking[0].paper).toMatchObject({ accuracy: 0.988, inside: null })
    expect(all[0].ranking[1].toBest.difference.mean).toBeCloseTo(-0.375, 10)
    expect(all[0].failed[0].reason.code).toBe('core/x')
    expect(rows).toHaveLength(2)
    expect(rows[0]).not.toHaveProperty('scores')
  })
})

describe('latex', () => {
  it('escapes names and sets the first rank in bold', () => {
    expect(escapedTex('a_b & 50% ≠ {x} ~ \\')).toBe(
      'a\\_b \\& 50\\% $\\neq$ \\{x\\} \\textasciitilde{} \\textbackslash{}',
    )
    const text = latex(tables)
    expect(text.match(/\\\\$/gm)).toHaveLength(3)
    expect(text).toContain('\\textbf{\\boldmath $87.50')
    expect(text).not.toContain('alert(1)</script> 50%_x')
    expect(latex(none)).not.toContain('tabular')
  })
})
