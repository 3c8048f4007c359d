import { codeOf } from '@kshot/testkit'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { overridden, parseConfig } from '../config'
import type { FailedRow } from '../leaderboard/results'
import { presets } from '../presets'
import { csv } from './csv'
import { json } from './json'
import { escapedTex, latex } from './latex'
import { markdown } from './markdown'
import { page, titleOf } from './page/page'
import { learningPicture, picture } from './page/picture'
import { formatOf } from './report'
import { row, sources } from './rows.testing'
import { tablesOf } from './tables'

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
    expect(text).toContain('- failed: broken, seed 1: core/x, a <b> loss')
    expect(markdown(none)).toContain('core/x')
  })
})

describe('the learning curve of a run', () => {
  const config = parseConfig(
    overridden(presets['protonet-glyphs-5w1s']!.config, { set: ['train.ways=12'] }),
  )
  const steps = Array.from({ length: 400 }, (_, i) => ({
    step: i + 1,
    loss: 1,
    accuracy: 1 - 0.5 / (i + 1),
    ...((i + 1) % 100 === 0 && { validation: 0.8 + i / 4000 }),
  }))

  it('has the training episodes and the validations, with their ways', () => {
    const svg = learningPicture({ config, images: 4000, steps })
    expect(svg).toMatch(/^<svg[^>]* xmlns=/)
    expect(svg).toContain('validation, 5-way 90.0 % after 4,000 images')
    expect(svg).toContain('training, 12-way 99.9 % after 4,000 images')
    expect(svg.match(/stroke="var\(--c\d\)"/g)).toHaveLength(2)
  })

  it('names three accuracies or more on its axis, however little they differ', () => {
    for (const [low, high] of [
      [0.86, 0.92],
      [0.9713, 0.9782],
    ] as const) {
      const narrow = steps.map(({ step }) => ({
        step,
        accuracy: low + ((high - low) * step) / 400,
      }))
      const { document } = parseHTML(learningPicture({ config, images: 4000, steps: narrow }))
      const labels = document.querySelectorAll('[aria-label="y-axis tick label"] text')
      expect(labels.length).toBeGreaterThanOrEqual(3)
    }
  })

  it('names round accuracies where they span much', () => {
    const wide = steps.map(({ step }) => ({ step, accuracy: 0.31 + (0.41 * step) / 400 }))
    const { document } = parseHTML(learningPicture({ config, images: 4000, steps: wide }))
    const labels = document.querySelectorAll('[aria-label="y-axis tick label"] text')
    expect([...labels].map(({ textContent }) => textContent)).toEqual(['70', '60', '50', '40'])
  })

  it('leaves out what was not measured, and has a place for an accuracy of 1', () => {
    const untested = steps.map(({ step }) => ({ step, accuracy: 1 }))
    const svg = learningPicture({ config, images: 4000, steps: untested })
    expect(svg).not.toContain('validation')
    expect(svg).not.toMatch(/NaN|Infinity/)
  })

  it('is an error where there is no log', () => {
    const draw = () => learningPicture({ config, images: 4000, steps: [] })
    expect(codeOf(draw)).toBe('usage/no-picture')
  })
})

describe('svg', () => {
  it('is a file of its own: names, both colour schemes, and nothing that it has to fetch', () => {
    const svg = picture(tables)
    const { documentElement } = parseHTML(svg).document
    expect(documentElement.tagName.toLowerCase()).toBe('svg')
    expect(svg.match(/xmlns="http:\/\/www.w3.org\/2000\/svg"/g)).toHaveLength(1)
    expect(svg).toContain('prefers-color-scheme:dark')
    for (const [, name] of svg.matchAll(/var\((--\w+)\)/g)) expect(svg).toContain(`${name}:#`)
    expect(documentElement.getAttribute('aria-label')).toContain('other 50.0 % at 20 s')
    expect(svg).not.toMatch(/<script|href=|url\(/)
  })

  it('needs two learners that were trained', () => {
    const one = tablesOf(sources(row(), failed))
    expect(codeOf(() => picture(one))).toBe('usage/no-picture')
    expect(codeOf(() => picture(none))).toBe('usage/no-picture')
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

describe('the page', () => {
  const options = { title: 'T <b>', command: 'kshot report x', examples: new Map() }
  const text = page(tables, options)

  it('escapes what it shows, and needs nothing from elsewhere', () => {
    expect(text).not.toContain('<script')
    expect(text).toContain('&lt;script&gt;')
    expect(text).toContain('<title>T &lt;b&gt;</title>')
    expect(text).not.toMatch(/(src|href)="(?!data:|#)|@import|url\(/)
    expect(text).toContain('prefers-color-scheme:dark')
  })

  it('leaves out sections that would be empty', () => {
    expect(text).not.toContain('Confusion among')
    expect(text).not.toContain('Example episodes')
    expect(text).not.toContain('Across settings')
    expect(text).toContain('Learning curves')
    const only = page(none, options)
    expect(only).toContain('core/x')
    expect(only).not.toContain('Learning curves')
    expect(only).not.toContain('Provenance')
  })

  it('says in words what a picture shows, and heads its tables', () => {
    for (const [svg] of text.matchAll(/<svg[^>]* class="chart[^>]*>/g)) {
      expect(svg).toMatch(/role="img".*aria-label="[^"]{20,}"|aria-label="[^"]{20,}".*role="img"/)
    }
    expect(text.match(/<svg[^>]* class="chart/g)!.length).toBeGreaterThan(1)
    expect(text).toMatch(/<th scope="col" role="columnheader"/)
    expect(text).toMatch(/<th scope="row" role="rowheader"/)
  })

  it('shows every learner in one colour', () => {
    const swatch = '<path[^>]*stroke="(var\\(--c\\d\\))"[^>]*/><path[^>]*/></svg>(?:<[^>]*>)*other'
    const found = [...text.matchAll(new RegExp(swatch, 'g'))].map(([, colour]) => colour)
    expect(found.length).toBeGreaterThan(1)
    expect(new Set(found).size).toBe(1)
  })

  it('is named after its settings', () => {
    expect(titleOf(tables)).toBe('Few-shot leaderboard: omniglot, 5-way 1-shot')
  })
})

describe('the format', () => {
  it('is that of the ending', () => {
    expect(['a.html', 'b.md', 'c.csv', 'd.json', 'e.tex', undefined].map(formatOf)).toEqual([
      'html',
      'md',
      'csv',
      'json',
      'latex',
      'html',
    ])
    expect(() => formatOf('a.pdf')).toThrow(/\.html, \.htm, \.md/)
  })
})
