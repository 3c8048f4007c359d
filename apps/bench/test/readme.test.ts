import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDone } from '@kshot/results'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../src/configuration/config'
import { readResults } from '../src/files/results-file'
import { cleanUp, home, kshot } from './kshot'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const readme = readFileSync(join(root, 'apps/bench/README.md'), 'utf8')

/** The blocks of one language in a section, as they stand. */
function blocks(section: string, language: string): string[] {
  const text = readme.split(/^## /m).find((part) => part.startsWith(`${section}\n`))
  if (text === undefined) throw new Error(`the README has no section '${section}'`)
  const fences = [...text.matchAll(/```(\w*)\n([\s\S]*?)```/g)]
  return fences.filter(([, name]) => name === language).map(([, , code]) => code!)
}

/** The arguments of a section's first command that begins with these words. */
function command(section: string, start: string): string[] {
  const lines = blocks(section, 'sh').flatMap((block) => block.split('\n'))
  const line = lines.find((text) => text.startsWith(start))
  if (line === undefined) throw new Error(`no '${start}' in '${section}'`)
  return line
    .replace(/^npx kshot|^node/, '')
    .trim()
    .split(/ +/)
}

const setAll = (sets: readonly string[]) => sets.flatMap((set) => ['--set', set])
const tiny = setAll([
  'budget.images=400',
  'seeds=[1]',
  'filters=2',
  'validate.episodes=3',
  'validate.checks=2',
  'test.episodes=5',
])
const beside = (learner: string) => setAll([`learners=["${learner}","nearest-centroid"]`])

/** Runs a leaderboard of the README with tiny nets, a tiny budget and few episodes. */
async function boardOf(name: string, args: readonly string[]) {
  const ended = await kshot(...args, ...tiny)
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  const rows = await readResults(join(home, 'runs', name, 'results.jsonl'))
  return { rows: rows.filter(isDone), stdout: ended.stdout }
}

function write(path: string, text: string): void {
  writeFileSync(join(home, path), text)
}

const OWN = 'Your own data'
const CLASSIFY = 'Classifying with a checkpoint'

afterAll(cleanUp)

// Processes of processes: a loaded machine takes its time.
describe('the README', { timeout: 120_000 }, () => {
  it('has a run that is a whole configuration', () => {
    const [config] = blocks('Configuration', 'json').map((text) => JSON.parse(text))
    expect(parseConfig(config)).toMatchObject(config)
  })

  it('has a leaderboard that runs', async () => {
    const [board] = blocks('Leaderboards', 'json')
    const { $schema } = JSON.parse(board!)
    // Where npm puts the package, beside the configuration.
    const inPackage = $schema.replace('./node_modules/kshot/', 'apps/bench/')
    expect(inPackage).not.toBe($schema)
    expect(existsSync(join(root, inPackage))).toBe(true)
    mkdirSync(join(home, 'leaderboards'))
    write('leaderboards/first.json', board!)
    const args = command('Leaderboards', 'npx kshot leaderboard')
    const net = setAll(['learners.4.learner.backbone.filters=2'])
    const { rows, stdout } = await boardOf('first', [...args, ...net])
    const learners = ['maml', 'matching', 'nearest-centroid', 'protonet', 'protonet-cosine']
    expect(rows.map(({ cell }) => `${cell.learner} ${cell.setting}`)).toEqual(
      ['glyphs-5w1s', 'glyphs-5w5s'].flatMap((name) => learners.map((l) => `${l} ${name}`)),
    )
    for (const { cell, train, labels } of rows) {
      expect(cell.checkpointsOf).toBe(cell.setting === 'glyphs-5w5s' ? 'glyphs-5w1s' : undefined)
      expect(train.images).toBeLessThanOrEqual(400)
      expect(labels.tuningTrials).toBe(cell.learner === 'matching' ? 2 : 0)
    }
    const [shown] = blocks('Leaderboards', '')
    for (const learner of learners) expect(shown).toContain(`│ ${learner} `)
    for (const title of ['vs. best', 'per task', '5-way 5-shot, checkpoints of glyphs-5w1s']) {
      expect([stdout.includes(title), shown!.includes(title)]).toEqual([true, true])
    }
  })
})

describe('the README on your own data', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    const [script, ...args] = command(OWN, 'node')
    execFileSync('node', [join(root, script!), ...args], { cwd: home })
  })

  it('has pictures with their classes in splits, which a leaderboard and classify take', async () => {
    write('characters.json', blocks(OWN, 'json')[0]!)
    const args = command(OWN, 'npx kshot leaderboard')
    const { rows } = await boardOf('characters', [...args, ...beside('siamese')])
    expect(rows.map(({ cell }) => cell.learner)).toEqual(['nearest-centroid', 'siamese'])
    for (const { cell, setting, config } of rows) {
      expect(cell.setting).toBe('characters-5w1s')
      expect(setting).toMatchObject({ dataset: 'images', ways: 5, shots: 1, queries: 15 })
      expect(config).toMatchObject({
        dataset: { path: 'drawings/characters', size: [28, 28], channels: 1 },
      })
    }
    expect(rows[0]!.test.accuracy).toBeGreaterThan(0.5)
    const classify = command(CLASSIFY, 'npx kshot classify')
    const { code, stdout } = await kshot(...classify, '--json')
    expect(code).toBe(0)
    const { support, predictions } = JSON.parse(stdout)
    const signs = ['arrow', 'house', 'plus', 'star', 'wave']
    expect(support).toEqual(Object.fromEntries(signs.map((sign) => [sign, 3])))
    expect(predictions.map(({ query }: { query: string }) => query)).toEqual(
      signs.map((sign) => `drawings/new/${sign}.png`),
    )
    for (const { ranking, inverted } of predictions) {
      expect(ranking.map(({ label }: { label: string }) => label).sort()).toEqual(signs)
      expect(inverted).toBe(false)
    }
    const [table, refusal] = blocks(CLASSIFY, '')
    for (const sign of signs) expect(table).toContain(`drawings/new/${sign}.png`)
    write('drawings/new/notes.png', 'no picture')
    write('drawings/signs/star/2.png', 'no picture')
    const refused = await kshot(...classify)
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: refusal })
  })

  it.each([
    ['vectors', 'flowers.csv', 'csv', 1],
    ['texts', 'requests.jsonl', 'jsonl', 2],
  ] as const)('has %s in a file', async (kind, path, language, config) => {
    const [lines] = blocks(OWN, language)
    write(path, lines! + more[kind]())
    write(`${kind}.json`, blocks(OWN, 'json')[config]!)
    const { rows } = await boardOf(kind, ['leaderboard', `${kind}.json`, ...beside('protonet')])
    expect(rows.map(({ cell }) => cell.learner)).toEqual(['nearest-centroid', 'protonet'])
    const [nearest, protonet] = rows
    const name = `${path.replace(/\..*/, '')}-5w1s`
    for (const { cell, setting, config } of rows) {
      expect(cell.setting).toBe(name)
      expect(setting).toMatchObject({ dataset: kind, ways: 5, shots: 1, queries: 5 })
      expect(config).toMatchObject({ dataset: { path } })
    }
    expect(protonet!.episodeSet).toBe(nearest!.episodeSet)
    expect(protonet!.train.images).toBeGreaterThan(0)
    expect(nearest!.test.accuracy).toBeGreaterThan(0.5)
  })
})

/** With those that the README names, more classes than 5-way takes; six further examples of each. */
const CLASSES = 25
const OF_EACH = 6

/** Further lines for the files of the README, of classes that can be told apart. */
const more = {
  vectors: () =>
    lines(['lily', 'rose'], (label, c, i) => [label, c % 5, (c * 7) % 11, c + 0.01 * i].join()),
  texts: () =>
    lines(['weather', 'alarm'], (label, c, i) =>
      JSON.stringify({ label, text: `number${i} about topic${c}` }),
    ),
}

function lines(
  named: readonly string[],
  line: (label: string, classIndex: number, example: number) => string,
): string {
  const labels = [...named, ...Array.from({ length: CLASSES - named.length }, (_, i) => `no ${i}`)]
  const all = labels.flatMap((label, c) =>
    Array.from({ length: OF_EACH }, (_, i) => `${line(label, c, i)}\n`),
  )
  return all.join('')
}
