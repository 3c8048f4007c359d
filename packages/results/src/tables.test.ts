import { describe, expect, it } from 'vitest'
import type { FailedRow } from './row'
import { row, sources } from './rows.testing'
import { pairedDifference } from './statistics'
import { tablesOf } from './tables'

const good = Array.from({ length: 40 }, (_, i) => 0.9 + 0.01 * (i % 3))
const bad = good.map((score, i) => score - 0.2 + 0.01 * (i % 2))

describe('tables', () => {
  it('rank the learners of a setting, with the gap to the first', () => {
    const [table] = tablesOf(
      sources(
        row({ learner: 'worse', scores: bad }),
        row({ learner: 'worse', scores: bad, seed: 2 }),
        row({ learner: 'better', scores: good }),
      ),
    )
    const [first, second] = table!.lines
    expect(first).toMatchObject({ name: 'better', ranked: { rank: 1, seeds: 1 } })
    expect(first!.toBest).toBeUndefined()
    expect(second).toMatchObject({ name: 'worse', ranked: { rank: 2, seeds: 2 } })
    const expected = pairedDifference(bad, good)
    expect(second!.toBest!.difference.mean).toBeCloseTo(expected.mean, 12)
    expect(second!.toBest!.difference.interval[0]).toBeCloseTo(expected.interval[0], 12)
    expect(second!.toBest!.difference.mean).toBeLessThan(0)
    expect(second!.toBest!.significant).toBe(true)
    expect(table).toMatchObject({ title: 'omniglot, 5-way 1-shot', failed: [] })
  })

  it('name two backends apart, and count a seed that was run twice once', () => {
    const again = row({ learner: 'one' })
    const other = { ...row({ learner: 'one', scores: [0.5, 0.6, 0.5, 0.6] }), backend: 'node' }
    const [table] = tablesOf(sources(again, again, other))
    expect(table!.lines.map(({ name }) => name)).toEqual(['one (wasm)', 'one (node)'])
    expect(table!.lines[0]!.rows).toHaveLength(1)
  })

  it('refuse to rank what was tested on other episodes', () => {
    const other = row({ learner: 'other', more: { episodeSet: 'f'.repeat(64) } })
    expect(() => tablesOf(sources(row(), other))).toThrow(/different episodes.*eeeeeeeeeeee/)
    // Of another setting they may be.
    const setting = row({ setting: 'far', more: { episodeSet: 'f'.repeat(64) } })
    expect(tablesOf(sources(row(), setting))).toHaveLength(2)
  })

  it('keep budgets by time apart, and what failed', () => {
    const reason = { code: 'core/x', got: 'a', expected: 'b', remedy: 'c' }
    const failed: FailedRow = { status: 'failed', cell: row({ learner: 'broken' }).cell, reason }
    const timed = row()
    const cell = { ...timed.cell, budget: { by: 'seconds', amount: 60 } as const }
    const tables = tablesOf(sources(row(), failed, { ...timed, cell }))
    expect(tables.map(({ budget }) => budget.by)).toEqual(['images', 'seconds'])
    expect(tables[0]!.failed).toEqual([failed])
    const [only] = tablesOf(sources(failed))
    expect(only).toMatchObject({ lines: [], failed: [failed] })
  })

  it('never rank together what had other budgets', () => {
    const poor = row({ learner: 'poor', scores: bad })
    const { cell } = poor
    const less = { ...poor, cell: { ...cell, budget: { ...cell.budget, amount: 200 } } }
    const tables = tablesOf(sources(row({ learner: 'rich', scores: good }), less))
    expect(tables.map(({ lines }) => lines.map(({ name }) => name))).toEqual([['rich'], ['poor']])
  })

  it('mark who was tested otherwise than most', () => {
    const transductive = { transductive: true, queriesNormalisedTogether: 75 }
    const [table] = tablesOf(
      sources(
        row({ learner: 'a' }),
        row({ learner: 'b' }),
        row({ learner: 'c', labels: { ...transductive, trainingSplit: 'train+val' } }),
      ),
    )
    const marks = Object.fromEntries(table!.lines.map(({ name, differs }) => [name, differs]))
    expect(marks).toEqual({
      a: [],
      b: [],
      c: ['transductive: 75 queries judged together', 'trained on train+val'],
    })
  })

  it('name the net as it was built, and what a configuration says of a module without one', () => {
    const labels = { tuningTrials: 0 }
    const net = (filters: number) => ({
      backbone: { package: '@kshot/core', export: 'conv4', options: { filters } },
    })
    const [table] = tablesOf(
      sources(
        row({
          learner: 'a',
          labels,
          options: net(64),
          more: { backbone: 'conv4 with 64 filters' },
        }),
        row({ learner: 'defaults', labels, options: net(64), more: { backbone: 'conv4' } }),
        row({ learner: 'other', labels, options: net(32), more: { backbone: 'conv4' } }),
        row({
          learner: 'module',
          labels,
          more: { backbone: 'a net in words' },
        }),
      ),
    )
    const lines = table!.lines.map(({ name, detail, differs }) => [name, [detail, ...differs]])
    expect(Object.fromEntries(lines)).toEqual({
      a: ['conv4 with 64 filters'],
      defaults: ['conv4 with 64 filters'],
      other: ['', 'net conv4 with 32 filters'],
      module: ['', 'net a net in words'],
    })
  })

  it('say under a name what no mark says: steps that most have, and trials', () => {
    const labels = { adaptationSteps: 5, tuningTrials: 0 }
    const [table] = tablesOf(
      sources(
        row({ learner: 'a', labels }),
        row({ learner: 'b', labels }),
        row({ learner: 'tried once', labels: { ...labels, tuningTrials: 1 } }),
        row({ learner: 'more steps', labels: { ...labels, adaptationSteps: 16 } }),
      ),
    )
    const lines = table!.lines.map(({ name, detail, differs }) => [name, [detail, ...differs]])
    expect(Object.fromEntries(lines)).toEqual({
      a: ['protonet · 5 steps at test'],
      b: ['protonet · 5 steps at test'],
      'tried once': ['protonet · 5 steps at test', 'tuned: 1 trial'],
      'more steps': ['protonet', '16 steps at test'],
    })
  })

  it('mark who was trained on varied pictures, and take no text of a file for an amount', () => {
    const varied = (learner: string, augment: object) => {
      const plain = row({ learner })
      return { ...plain, config: { ...(plain.config as object), train: { augment } } }
    }
    const [table] = tablesOf(
      sources(
        row({ learner: 'a' }),
        row({ learner: 'b' }),
        varied('c', { flip: true, crop: 0.2, contrast: 0 }),
        varied('d', { crop: 0, flip: false, 'not an amount': '<b>' }),
      ),
    )
    expect(Object.fromEntries(table!.lines.map(({ name, differs }) => [name, differs]))).toEqual({
      a: [],
      b: [],
      c: ['augmented: crop 0.2, flip'],
      d: [],
    })
  })

  it('tell single runs apart by what differs, and put their seeds together', () => {
    const run = (seed: number, learner: object, scores = good) => ({
      path: `runs/${seed}`,
      run: true,
      row: row({
        seed,
        scores,
        more: {
          config: { ...(row().config as object), learner: { name: 'protonet', ...learner }, seed },
        },
      }),
    })
    const cosine = { distance: 'cosine', scale: 10 }
    const [table] = tablesOf([run(1, {}), run(2, {}, bad), run(1, cosine, bad)])
    expect(table!.lines.map(({ name, rows }) => [name, rows.length])).toEqual([
      ['protonet', 2],
      ['protonet, cosine, scale 10', 1],
    ])
  })
})
