import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { codeOf } from '@kshot/testkit'
import { describe, expect, it } from 'vitest'
import { settingName } from './describe'
import { parseResults, parseRow, resultsText, rowText } from './results-file'
import type { DoneRow, FailedRow } from './row'
import { row } from './rows.testing'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** A row as JSON, changed at one path. */
const changed = (path: string, value: unknown, one = row()): string => {
  const line = JSON.parse(rowText(one))
  const keys = path.split('.')
  const last = keys.pop()!
  keys.reduce((at, key) => at[key], line)[last] = value
  return JSON.stringify(line)
}
const messageOf = (line: string) => {
  try {
    parseRow(line, 'x')
  } catch (error) {
    return (error as Error).message
  }
  return 'no error'
}

describe('results.jsonl', () => {
  it.each(['glyphs', 'omniglot'])(
    'of the committed %s is read, and written to the byte',
    (name) => {
      const text = readFileSync(`${root}leaderboards/${name}/results.jsonl`, 'utf8')
      expect(resultsText(parseResults(text))).toBe(text)
    },
  )

  it('may begin with a byte order mark, and keeps keys that it does not know', () => {
    const line = changed('labels.later', 'a version to come')
    const [first] = parseResults(`\ufeff${line}\n\n`)
    expect(rowText(first!)).toBe(line)
  })

  it('of episodes with different numbers of classes keep their scores exactly', () => {
    // 2 to 5 ways with 3 queries each: shares of 6, 9, 12 or 15.
    const scores = [5 / 6, 2 / 9, 0, 1, 7 / 12, 4 / 15].map(Math.fround)
    const one = row({ scores })
    const setting = {
      ...one.setting,
      ways: { min: 2, max: 5 },
      shots: { min: 1, max: 3 },
      queries: 3,
    }
    const read = parseRow(rowText({ ...one, setting }), 'x') as DoneRow
    expect(read.scores.map(Math.fround)).toEqual(scores)
    expect(settingName(read.setting)).toBe('2–5-way 1–3-shot')
    const line = rowText({ ...one, setting })
    expect(messageOf(changed('scores.of', [7, 9, 6, 6, 12, 15], read))).toContain('7 queries')
    expect(messageOf(changed('setting.ways', { min: 2, max: 1e9 }, read))).toContain(
      'setting.ways.max',
    )
    expect(messageOf(line)).toBe('no error')
  })

  it('has rows of cells that failed', () => {
    const failed: FailedRow = {
      status: 'failed',
      cell: row().cell,
      reason: { code: 'a/b', got: 'c', expected: 'd', remedy: 'e' },
    }
    expect(parseRow(rowText(failed), 'x')).toEqual(failed)
    expect(messageOf(JSON.stringify({ ...failed, reason: 'why not' }))).toContain("'reason'")
  })

  it('is refused where a row is none, and the key is named', () => {
    for (const [path, value] of [
      ['commit', 7],
      ['commit', { toString: 1 }],
      ['curve', 'none'],
      ['curve', [null]],
      ['test.episodes', 9e15],
      ['test.accuracy', '0.9'],
      ['train', null],
      ['learner.options', null],
      ['config', 3],
      ['config.dataset', null],
      ['cell.budget.by', 'hope'],
      ['measured.seconds', null],
      ['scores.of', 0],
      ['scores.right', { length: 3 }],
      ['predictions.labels', [['a']]],
      ['device', 'x'.repeat(2000)],
    ] as const) {
      const line = changed(path, value)
      expect(messageOf(line), path).toContain(`'${path}`)
      expect(codeOf(() => parseRow(line, 'x'))).toBe('results/damaged')
    }
    for (const line of ['', '[]', 'null', '7', '{"status":"done"}', '{', '"x"']) {
      expect(
        codeOf(() => parseRow(line, 'x')),
        line,
      ).toBe('results/damaged')
    }
  })

  it('is refused at once where it is a bomb', () => {
    const started = performance.now()
    const bombs = [
      '['.repeat(5_000_000),
      changed('config.dataset', JSON.parse(`${'{"a":'.repeat(80)}1${'}'.repeat(80)}`)),
      changed(
        'curve',
        Array(200_000).fill({ step: 1, episodes: 1, images: 1, validation: 1, seconds: 1 }),
      ),
    ]
    for (const bomb of bombs) expect(codeOf(() => parseRow(bomb, 'x'))).toBe('results/damaged')
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

describe('a row that contradicts itself', () => {
  const packed = (line: string) => JSON.parse(line).scores.right as number[]
  const refused = (path: string, value: unknown, one = row()) =>
    expect(
      codeOf(() => parseRow(changed(path, value, one), 'x')),
      path,
    ).toBe('results/contradiction')

  it('in its accuracy or interval is refused', () => {
    refused('test.accuracy', 0.99)
    refused('test.accuracy', row().test.accuracy + 2e-4)
    refused('test.interval', [0.1, 0.2])
    refused('test.interval', [0.99, 0.5])
  })

  it('in its scores is refused', () => {
    const right = packed(rowText(row()))
    refused('scores.right', right.slice(1))
    refused('scores.right', [76, ...right.slice(1)])
    refused('scores.of', 74)
    refused('setting.ways', 10)
    refused('test.episodes', 600)
  })

  it('in its predictions or its confusion is refused', () => {
    refused('predictions', { episodes: 2, labels: [[0]] })
    refused('predictions', { episodes: 1, labels: [[0]] })
    refused('predictions', { episodes: 1, labels: [Array(75).fill(5)] })
    refused('confusion', { groups: ['a', 'b'], counts: [[300]] })
    refused('confusion', { groups: ['a'], counts: [[299]] })
    const wrong = [
      [0, 150],
      [150, 0],
    ]
    refused('confusion', { groups: ['a', 'b'], counts: wrong })
    const line = changed('confusion', { groups: ['a'], counts: [[300]] })
    expect(messageOf(line)).toBe('no error')
  })
})
