import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KshotError } from '@kshot/core'
import { type AccuracyScore, compare } from '@kshot/results'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Overrides, overridden, parseConfig } from '../src/configuration/config'
import { writeResults } from '../src/files/results-file'
import { exitCodeOf } from '../src/process/exit-codes'
import { loadSources } from '../src/report/load'
import { type Format, type ReportJob, report } from '../src/report/report'
import { run } from '../src/running/run'
import { rowOfFolder } from '../src/running/run-row'
import { cleanUp, home, kshot, resultIn, text, tiny } from './kshot'
import { seenInChromium } from './seen-in-chromium'

const tinier = {
  ...tiny,
  train: { ...tiny.train, steps: 20 },
  validate: { ...tiny.validate, episodes: 5, every: 10 },
}

/** Runs in this process: a start of the command line takes longer than a tiny run. */
async function tinyRun(name: string, overrides: Overrides = {}): Promise<void> {
  const config = parseConfig(overridden(tinier, overrides))
  const job = { config, folder: at(name), resume: false, data: undefined, on: {} }
  await run({ ...job, signal: new AbortController().signal })
}

const at = (...path: string[]) => join(home, 'runs', ...path)
const made = (paths: string[], format: Format, more: Partial<ReportJob> = {}) =>
  report({ paths, format, data: undefined, command: 'npx kshot report', note: () => {}, ...more })
const thrown = (promise: Promise<unknown>) => promise.then(String, (error: unknown) => error)

beforeAll(async () => {
  mkdirSync(at())
  const cosine = ['learner.distance=cosine', 'learner.scale=10']
  const shots = ['test.shots=3', 'validate.shots=3']
  await tinyRun('euclid-1')
  await tinyRun('euclid-2', { seed: 8 })
  await tinyRun('cosine-1', { set: cosine })
  await tinyRun('euclid-3s', { set: shots })
  await tinyRun('cosine-3s', { set: [...cosine, ...shots] })
}, 180_000)
afterAll(cleanUp)

const comparePaths = async (paths: readonly string[], setting?: string) =>
  compare(await loadSources(paths), setting)

describe('kshot compare', () => {
  it('shows the paired difference for people and as JSON, with the numbers of the results', async () => {
    const pair = ['runs/euclid-1', 'runs/cosine-1/result.json', 'runs/euclid-2']
    const [shown, json] = await Promise.all([
      kshot('compare', ...pair),
      kshot('compare', ...pair, '--json'),
    ])
    expect(shown.code).toBe(0)
    expect(shown.stdout).toContain('glyphs (scripts), 5-way 1-shot, 20 test episodes')
    expect(shown.stdout).toMatch(
      /protonet.* − protonet, cosine, scale 10.*[−+]\d+\.\d\d ± \d+\.\d\d/,
    )
    expect(shown.stdout).toContain('these checkpoints and seeds')
    const { comparisons, contenders, episodes, episodeSet } = JSON.parse(json.stdout)
    expect({ episodes, episodeSet }).toEqual({
      episodes: 20,
      episodeSet: resultIn('runs/euclid-1').episodeSet,
    })
    expect(contenders.map(({ runs }: { runs: unknown[] }) => runs.length)).toEqual([2, 1])
    const accuracy = (run: string) => (resultIn(`runs/${run}`).test as AccuracyScore).accuracy
    const expected = (accuracy('euclid-1') + accuracy('euclid-2')) / 2 - accuracy('cosine-1')
    expect(comparisons[0].difference.mean).toBeCloseTo(expected, 6)
  })

  it('keeps two checkpoints of one learner apart', async () => {
    const { learners } = await comparePaths([at('euclid-1'), at('euclid-2')])
    expect(learners.map(({ name }) => name)).toEqual(['euclid-1', 'euclid-2'])
  })

  it('refuses other episodes, one result alone, and what is no result', async () => {
    const other = await kshot('compare', 'runs/euclid-1', 'runs/euclid-3s')
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr).toMatch(/usage\/other-episodes[\s\S]*euclid-1[\s\S]*euclid-3s/)
    const code = async (...paths: string[]) =>
      ((await thrown(comparePaths(paths))) as KshotError).code
    expect(await code(at('euclid-1'))).toBe('usage/nothing-to-compare')
    expect(await code(at('nowhere'))).toBe('usage/no-results')
    expect(await code(at('euclid-1', 'config.json'))).toBe('usage/no-results')
  })

  it('asks which setting of a leaderboard, and compares in it', async () => {
    const rows = ['euclid-1', 'cosine-1', 'euclid-3s', 'cosine-3s'].map((name) => {
      const row = rowOfFolder(at(name))
      const [learner] = name.split('-') as [string]
      const cell = { ...row.cell, name, learner, setting: `${row.setting.shots}shot` }
      return { ...row, cell }
    })
    mkdirSync(join(home, 'board'))
    await writeResults(join(home, 'board', 'results.jsonl'), rows)
    const { learners, title } = await comparePaths([join(home, 'board')], '3shot')
    expect(title).toBe('glyphs (scripts), 5-way 3-shot')
    expect(learners.map(({ name }) => name).sort()).toEqual(['cosine', 'euclid'])
    for (const setting of [undefined, '2shot']) {
      const error = (await thrown(comparePaths([join(home, 'board')], setting))) as KshotError
      expect(error).toMatchObject({ code: 'usage/which-setting' })
      expect(error.expected).toContain("'1shot', '3shot'")
    }
  })
})

describe('kshot report', () => {
  it('makes one page with tables, charts, pictures and where it all comes from', async () => {
    const { code, stdout, stderr } = await kshot('report', 'runs', '-o', 'page.html')
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'written to page.html\n',
    })
    const page = text('.', 'page.html')
    expect(page).not.toMatch(/<script|(src|href)="(?!data:|#)/)
    for (const heading of [
      'glyphs, 5-way 1-shot',
      'glyphs, 5-way 3-shot',
      'Accuracy against cost',
      'Learning',
      'Differences, episode by episode',
      'Confusion among scripts',
      'Example episodes',
      'Accuracy against shot and way',
      'Provenance',
    ]) {
      expect(page).toContain(`>${heading}</h`)
    }
    const { episodeSet, commit } = resultIn('runs/euclid-1')
    expect(page).toContain(episodeSet)
    if (commit) expect(page).toContain(commit)
    expect(page).toContain('npx kshot report runs -o page.html')
    expect(page.match(/src="data:image\/png;base64,/g)!.length).toBeGreaterThan(20)
    expect(page).toMatch(/alt="Query 1: \w+\/U\+/)
  })

  it('shows what was predicted', async () => {
    const page = await made([at('euclid-1')], 'html')
    const lines = text('runs/euclid-1', 'episodes.jsonl').split('\n')
    const { predicted, accuracy } = JSON.parse(lines[0]!)
    const answers = page.match(/<tbody><tr><th scope="row">.*?<\/tr>/s)![0]
    const letters = [...answers.matchAll(/([A-E])<\/td>/g)].map(([, letter]) => letter)
    expect(letters.join('')).toBe(
      predicted
        .slice(0, 10)
        .map((label: number) => 'ABCDE'[label])
        .join(''),
    )
    expect(answers).toContain(`${(100 * accuracy).toFixed(0)}\u00a0%`)
    // The same results, the same page.
    expect(await made([at('euclid-1')], 'html')).toBe(page)
  })

  it('writes Markdown, CSV, JSON and LaTeX', async () => {
    for (const [format, expected] of [
      ['md', /^\| 1 \| protonet/m],
      ['csv', /^table,dataset,split,ways/],
      ['json', /"claim": "checkpoints"/],
      ['latex', /\\begin\{tabular\}/],
    ] as const) {
      expect(await made([at()], format)).toMatch(expected)
    }
  })

  it('leaves out the pictures, and says so, where the data is not here', async () => {
    copied('moved', 'result.json', (result) =>
      result.replace(/"dataset": \{\s+"name": "glyphs"\s+\}/, '"dataset": { "name": "omniglot" }'),
    )
    const notes: string[] = []
    const data = join(home, 'nowhere')
    const page = await made([join(home, 'moved')], 'html', { data, note: (n) => notes.push(n) })
    expect(notes.join()).toMatch(/no example episodes of glyphs, 5-way 1-shot: .*nowhere/)
    expect(page).not.toContain('Example episodes')
  })

  it('shows no pictures of other episodes than those that were tested', async () => {
    copied('seeded', 'result.json', (result) => {
      const { config, ...rest } = JSON.parse(result)
      return JSON.stringify({ ...rest, config: { ...config, test: { ...config.test, seed: 5 } } })
    })
    const notes: string[] = []
    const page = await made([join(home, 'seeded')], 'html', { note: (n) => notes.push(n) })
    expect(notes.join()).toContain('which gives different episodes')
    expect(page).not.toContain('Example episodes')
  })

  it('says what it cannot read', async () => {
    mkdirSync(join(home, 'empty'))
    copied('damaged', 'result.json', (result) => result.slice(0, 100))
    copied('cut', 'episodes.jsonl', (lines) => lines.split('\n')[0]!)
    const error = async (folder: string) =>
      (await thrown(made([join(home, folder)], 'md'))) as KshotError
    expect(await error('empty')).toMatchObject({ code: 'usage/no-results' })
    expect(await error('damaged')).toMatchObject({ code: 'results/damaged' })
    expect((await error('damaged')).got).toContain(join('damaged', 'result.json'))
    expect((await error('cut')).got).toContain('1 episodes, but the result has 20')
    expect(exitCodeOf(await error('empty'))).toBe(2)
    expect(exitCodeOf(await error('damaged'))).toBe(1)
  })

  it('says what it cannot write, and exits 1', async () => {
    const unwritable = await kshot('report', 'runs', '-o', join('page.html', 'page.html'))
    expect(unwritable).toMatchObject({ code: 1, stdout: '' })
    expect(unwritable.stderr).toContain('report/unwritable')
  })

  it('counts what is given twice once, and refuses two truths about one cell', async () => {
    const row = rowOfFolder(at('euclid-1'))
    const cell = { ...row.cell, learner: 'protonet' }
    const shard = async (folder: string, tuningTrials: number) => {
      const path = join(home, folder, 'results.jsonl')
      mkdirSync(join(home, folder), { recursive: true })
      await writeResults(path, [{ ...row, cell, labels: { ...row.labels, tuningTrials } }])
      return path
    }
    const [one, same, other] = [await shard('s1', 1), await shard('s2', 1), await shard('s3', 2)]
    const { rows } = JSON.parse(await made([one, same], 'json'))
    expect(rows).toHaveLength(1)
    const clash = (await thrown(made([one, other], 'json'))) as KshotError
    expect(clash).toMatchObject({ code: 'usage/cells-clash' })
    expect(clash.got).toContain(other)
  })
})

/** A copy of a run with one file changed. */
function copied(folder: string, changed: string, change: (text: string) => string): void {
  cpSync(at('euclid-1'), join(home, folder), { recursive: true })
  writeFileSync(join(home, folder, changed), change(text('runs/euclid-1', changed)))
}

describe('the page in Chromium', () => {
  it.each([
    ['light', 1200],
    ['dark', 390],
  ] as const)(
    'in %s, %i pixels wide, fits and asks for nothing',
    async (colorScheme, width) => {
      await kshot('report', 'runs', '-o', 'page.html')
      const seen = await seenInChromium(join(home, 'page.html'), { colorScheme, width })
      if (typeof seen === 'string') return console.info(`skipped, no Chromium: ${seen}`)
      expect(seen).toMatchObject({ asked: 1, width, outside: [] })
      expect(seen.contrast).toBeGreaterThan(4.5)
      expect(seen.charts).toBeGreaterThan(5)
    },
    60_000,
  )
})
