import { type FailedRow, tablesOf } from '@kshot/results'
import { codeOf } from '@kshot/testkit'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { row, sources } from '../../../../packages/results/src/rows.testing'
import { presets } from '../catalogue/presets'
import { overridden, parseConfig } from '../configuration/config'
import { page, titleOf } from './page/page'
import { learningPicture, picture } from './page/picture'
import { formatOf } from './report'

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

describe('the page', () => {
  const options = { title: 'T <b>', command: 'npx kshot report x', examples: new Map() }
  const text = page(tables, options)

  it('escapes what it shows, and needs nothing from elsewhere', () => {
    expect(text).not.toContain('<script')
    expect(text).toContain('&lt;script&gt;')
    expect(text).toContain('<title>T &lt;b&gt;</title>')
    expect(text).not.toMatch(/(src|href)="(?!data:|#)|@import|url\(/)
    expect(text).toContain('prefers-color-scheme:dark')
  })

  it('knows learners again whose names it cannot show', () => {
    const odd = tablesOf(sources(row({ learner: 'a\u0000\nb' }), row({ learner: 'other' })))
    const said = odd[0]!.lines.map(({ name }) => ({ name, accuracy: 1, labels: [0] }))
    const picture = { uri: 'data:,', classId: 'c', label: 0, ink: true }
    const one = { number: 0, why: '', ways: 1, support: [picture], query: [picture], said }
    const examples = new Map([[odd[0]!.id, [one]]])
    expect(page(odd, { ...options, examples })).toContain('Example episodes')
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
