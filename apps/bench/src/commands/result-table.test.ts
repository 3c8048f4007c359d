import { readFileSync } from 'node:fs'
import type { Result } from '@kshot/results'
import { describe, expect, it } from 'vitest'
import { table } from './result-table'

const rows = new URL('../../../../leaderboards/glyphs/results.jsonl', import.meta.url)
const result = JSON.parse(readFileSync(rows, 'utf8').split('\n')[0]!) as Result
const data = {
  classes: 5,
  examples: 60,
  splits: { train: 3, validation: 1, test: 1 },
  dealt: 'by seed 0',
  notes: [],
  skipped: {},
  broken: [],
  small: [],
}

describe('the table that closes a run', () => {
  it('says what of the files had no part in it', () => {
    const broken = [{ file: 'a/3.png', reason: 'breaks off' }]
    const small = [{ id: 'rose', size: 1 }]
    const skipped = { '.heic': 1200, '.txt': 2 }
    expect(table({ ...result, data: { ...data, broken, small, skipped } }, process.stdout)).toMatch(
      'left out: broken pictures (1), small classes (1), .heic files (1,200), .txt files (2)',
    )
  })

  it('is silent where all was read', () => {
    for (const one of [result, { ...result, data }]) {
      expect(table(one, process.stdout)).not.toMatch('left out')
    }
  })
})
