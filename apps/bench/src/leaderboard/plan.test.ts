import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { largest } from '@kshot/results'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { defaultLearners, standard } from '../catalogue/standard'
import { checked } from '../checking/checked'
import { identityOfProcess } from '../files/process-identity'
import { exitCodeOf } from '../process/exit-codes'
import { run } from '../running/run'
import { type BoardJob, runBoard } from './board'
import { cellFolder } from './cell-folder'
import { planOf } from './plan'
import { portablePaths } from './portable-paths'
import { leaderboardSchema } from './schema'
import { cellsOfShard, parseShard } from './shard'

const home = mkdtempSync(join(tmpdir(), 'kshot-plan-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const pixels = { name: 'nearestCentroid', backbone: { name: 'embeddings' } }
const learnNothing = ['nearest-centroid', 'nearest-neighbours']
const small = { data: { kind: 'glyphs' }, learners: ['protonet', 'maml'] }

async function plan(change: object = {}, allowModule = false) {
  const board = checked(leaderboardSchema, { ...small, ...change })
  return planOf(board, { from: home, data: undefined }, allowModule)
}

/** The error that a configuration ends in, with its exit code. */
async function fault(change: object, allowModule = false) {
  const error = await plan(change, allowModule).catch((error) => error)
  const { code, got, expected, remedy } = error
  return { code, got, expected, remedy, exit: exitCodeOf(error) }
}

describe('learners on an encoder', () => {
  const onEncoder = { data: { kind: 'emoji' }, encoder: 'image-encoder', seeds: [1] }

  it('have their nets on top of it, and are untrained where there is nothing to train', async () => {
    const frozen = { name: 'frozen', learner: { name: 'protonet', backbone: 'image-encoder' } }
    const learners = ['nearest-centroid', 'protonet', frozen]
    const { cells } = await plan({ ...onEncoder, learners, settings: [{ queries: 3 }] })
    const [centroid, protonet, last] = cells.map(({ config, backbone }) => ({ config, backbone }))
    const encoder = { package: '@kshot/image-encoder', export: 'imageEncoder', options: {} }
    expect(centroid!.config.learner.backbone).toEqual({ name: 'embeddings', encoder })
    expect(protonet!.config.learner.backbone).toMatchObject({ encoder, net: { name: 'mlp' } })
    expect(protonet!.backbone).toBe('imageEncoder, then mlp')
    expect(protonet!.config.train.steps).toBeGreaterThan(0)
    expect([centroid, last].map((one) => one!.config.train.steps)).toEqual([0, 0])
    expect(last!.config.validate).toBeNull()
  })

  it('are tested on data without training classes, unless they are to be trained', async () => {
    const data = { kind: 'intents', split: 'all' }
    const settings = [{ ways: 150, shots: 5, queries: 15 }]
    const small = { encoder: 'text-encoder-small', data, settings, seeds: [1] }
    const learners = ['nearest-centroid', { use: 'protonet', untrained: true }]
    const { cells } = await plan({ ...small, learners })
    expect(cells.map(({ config }) => config.train.steps)).toEqual([0, 0])
    expect(await fault({ ...small, learners: ['protonet'] })).toMatchObject({
      code: 'episodes/too-few-classes',
      remedy: expect.stringContaining('"untrained": true'),
      exit: 2,
    })
  })
})

describe('the cells of a leaderboard', () => {
  it('are learners × settings × budgets × backends × seeds', async () => {
    const { cells } = await plan({
      settings: [{ ways: 5 }, { ways: 3, shots: 2 }],
      budget: { images: 10_000, seconds: 5 },
      backends: ['wasm', 'cpu'],
      seeds: [3, 4, 5],
    })
    const names = cells.map(({ cell }) => cell.name)
    expect(new Set(names).size).toBe(2 * 2 * 2 * 2 * 3)
    expect(names).toContain('maml.glyphs-3w2s.seconds.cpu.seed4')
    for (const { cell, config } of cells) {
      expect(config).toMatchObject({ seed: cell.seed, backend: cell.backend })
      expect(config.train.maxSeconds).toBe(cell.budget.by === 'seconds' ? 5 : undefined)
    }
  })

  it('see as many images as the budget has room for, whatever a meta-step takes', async () => {
    const { cells } = await plan({
      learners: Object.keys(standard),
      settings: [{ queries: 15 }],
      seeds: [1],
      budget: { images: 20_000 },
    })
    for (const { cell, config } of cells) {
      const { ways, shots, queries, metaBatch, steps } = config.train
      const images = largest(ways!) * (largest(shots) + queries) * metaBatch
      if (learnNothing.includes(cell.learner)) expect(steps).toBe(0)
      else expect(20_000 - steps * images).toBeLessThan(images)
      expect(config.test).toMatchObject({ ways: 5, shots: 1, queries: 15, episodes: 600, seed: 0 })
    }
  })

  it('vary training pictures as the board says, or as an entry does; else not at all', async () => {
    const augment = { flip: true, crop: 0.2 }
    const own = { use: 'maml', train: { augment: { brightness: 0.1 } } }
    const { cells } = await plan({ learners: ['protonet', own], train: { augment }, seeds: [1] })
    const varied = cells.map(({ config }) => config.train.augment)
    expect(varied).toEqual([augment, { brightness: 0.1 }])
    for (const { config } of (await plan()).cells)
      expect(config.train).not.toHaveProperty('augment')
    const most = { train: { augment: { crop: 1 } } }
    expect(await fault(most)).toMatchObject({
      code: 'config/bad-value',
      got: "'train.augment.crop' is 1, a number",
      expected: 'a number below 1',
    })
    expect(await fault({ train: { augment: { flop: true } } })).toMatchObject({
      remedy: "Did you mean 'train.augment.flip'?",
    })
  })

  it('are validated on the same episodes, as often, whatever their steps', async () => {
    const { cells } = await plan({ validate: { episodes: 30, checks: 10, patience: 3 } })
    for (const { config } of cells) {
      const { validate, train } = config
      expect(validate).toMatchObject({ ways: 5, shots: 1, queries: 15, episodes: 30, patience: 3 })
      expect(Math.ceil(train.steps / validate!.every)).toBeGreaterThanOrEqual(9)
      expect(Math.ceil(train.steps / validate!.every)).toBeLessThanOrEqual(10)
    }
  })

  it('have single options changed, training of their own, and a rate that falls to the end', async () => {
    const { cells } = await plan({
      learners: [
        'protonet',
        { name: 'cosine', use: 'protonet', options: { distance: 'cosine' }, tuningTrials: 4 },
        { use: 'maml', train: { metaBatch: 2, decay: 'none' } },
        { use: 'protonet-omniglot-5w1s' },
      ],
      train: { decay: 'cosine', ways: 10 },
      seeds: [1],
      budget: { episodes: 400 },
    })
    const [plain, cosine, maml, preset] = cells.map(({ config }) => config)
    expect(plain!.learner).not.toHaveProperty('distance')
    expect(cosine).toMatchObject({ learner: { distance: 'cosine' }, tuningTrials: 4 })
    expect(plain!.train).toMatchObject({
      ways: 10,
      steps: 400,
      optimizer: { name: 'adam', rate: { name: 'cosine', initial: 1e-3, steps: 400 } },
    })
    // A fixed head has an output for each class of the test.
    expect(maml).toMatchObject({
      learner: { head: 'fixed', ways: 5 },
      train: { ways: 5, metaBatch: 2, steps: 200, optimizer: { rate: 1e-3 } },
    })
    expect(preset).toMatchObject({
      learner: { name: 'protonet', backbone: { filters: 64 } },
      train: { ways: 60, queries: 5, steps: 400, optimizer: { rate: { name: 'step' } } },
    })
  })

  it('are dealt to shards, each to one', async () => {
    const { cells } = await plan({ seeds: [1, 2, 3] })
    const shards = ['1/4', '2/4', '3/4', '4/4'].map((text) => cellsOfShard(cells, parseShard(text)))
    const names = shards.flat().map(({ cell }) => cell.name)
    expect(names.sort()).toEqual(cells.map(({ cell }) => cell.name).sort())
    expect(shards.map(({ length }) => length)).toEqual([2, 2, 1, 1])
    for (const text of ['0/2', '3/2', '1', 'a/b', '1/0']) expect(() => parseShard(text)).toThrow()
  })

  it('name all learners that fit, where none is named', async () => {
    const { cells } = await plan({ learners: undefined, seeds: [1] })
    expect(cells.map(({ cell }) => cell.learner)).toEqual(defaultLearners('pictures'))
    expect(defaultLearners('vectors')).not.toContain('relation')
  })
})

describe('what is wrong is said before anything is trained', () => {
  it.each<[string, object, object]>([
    ['an unknown learner', { learners: ['protnet'] }, { remedy: "Did you mean 'protonet'?" }],
    [
      'an option that a learner lacks',
      { learners: [{ use: 'maml', options: { innerRat: 1 } }] },
      { got: expect.stringContaining('maml in glyphs-5w1s'), remedy: /'learner.innerRate'/ },
    ],
    ['two learners of one name', { learners: ['maml', 'maml'] }, { got: /called 'maml'/ }],
    ['two settings of one name', { settings: [{}, {}] }, { got: /settings called 'glyphs-5w1s'/ }],
    [
      'checkpoints of a setting that is not there',
      { settings: [{}, { shots: 5, checkpointsOf: 'glyphs-9w1s' }] },
      { got: /checkpoints of 'glyphs-9w1s'/, expected: /glyphs-5w1s/ },
    ],
    [
      'checkpoints of a setting of other data',
      {
        settings: [
          {},
          {
            data: { kind: 'glyphs', distort: { rotation: 5 } },
            shots: 5,
            checkpointsOf: 'glyphs-5w1s',
          },
        ],
      },
      { got: /which has other data/ },
    ],
    [
      'checkpoints whose head has other outputs',
      { settings: [{}, { ways: 3, checkpointsOf: 'glyphs-5w1s' }] },
      { got: /maml in glyphs-5w1s: 3-way test episodes of 'glyphs-3w1s', and a head for 5/ },
    ],
    ['more ways than classes', { settings: [{ ways: 200 }] }, { got: /99 classes for 200-way/ }],
    ['more queries than examples', { settings: [{ queries: 99 }] }, { got: /examples/ }],
    ['a budget below one step', { budget: { images: 50 } }, { got: /80 in one meta-step/ }],
    ['no data', { data: undefined }, { remedy: /"kind": "glyphs"/ }],
    [
      'use and learner',
      { learners: [{ use: 'maml', learner: pixels }] },
      { got: /use and learner/ },
    ],
    ['neither', { learners: [{ name: 'x' }] }, { got: /neither use nor learner/ }],
    [
      'a net that vectors do not fit',
      { data: { kind: 'vectors', path: 'flowers.csv' }, learners: ['relation'] },
      { got: /'relation' on vectors/ },
    ],
  ])('%s', async (name, change, parts) => {
    if (name.includes('vectors')) {
      const lines = Array.from({ length: 60 }, (_, i) => `kind${i % 10},${i},${i * i}`)
      writeFileSync(join(home, 'flowers.csv'), `label,x,y\n${lines.join('\n')}\n`)
    }
    const matching = Object.fromEntries(
      Object.entries(parts).map(([key, value]) => [
        key,
        value instanceof RegExp ? expect.stringMatching(value) : value,
      ]),
    )
    expect(await fault(change)).toMatchObject({ exit: 2, ...matching })
  })

  it('data that is not there, and a folder with one broken picture', async () => {
    const missing = { data: { kind: 'images', path: 'nowhere' } }
    expect(await fault(missing)).toMatchObject({ code: 'episodes/data-not-found', exit: 3 })
    for (let c = 0; c < 10; c++) {
      mkdirSync(join(home, `signs/${c}`), { recursive: true })
      const background = { r: 25 * c, g: 0, b: 0 }
      const plain = sharp({ create: { width: 8, height: 8, channels: 3, background } })
      for (const i of [0, 1, 2])
        await plain
          .clone()
          .png()
          .toFile(join(home, `signs/${c}/${i}.png`))
    }
    const signs = { data: { kind: 'images', path: 'signs' } }
    const { settings, cells } = await plan(signs)
    expect(settings[0]).toMatchObject({
      name: 'signs-2w1s',
      dataset: { size: [28, 28], channels: 3 },
      shape: { ways: 2, shots: 1, queries: 2 },
    })
    expect(cells).toHaveLength(4)
    writeFileSync(join(home, 'signs/7/1.png'), 'no picture')
    expect(await fault(signs)).toMatchObject({
      code: 'episodes/damaged-image',
      exit: 1,
      got: expect.stringContaining('signs/7/1.png'),
    })
  })

  it('a module without leave, one that is none, and one that gives no learner', async () => {
    const module = (file: string) => ({
      learners: [{ name: 'mine', backbone: 'none', learner: { module: file } }],
    })
    expect(await fault(module('./mine.mjs'))).toMatchObject({
      code: 'usage/foreign-module',
      exit: 2,
      remedy: expect.stringContaining('--allow-module'),
    })
    expect(await fault(module('./absent.mjs'), true)).toMatchObject({ code: 'usage/no-learner' })
    writeFileSync(join(home, 'empty.mjs'), 'export default () => ({})')
    expect(await fault(module('./empty.mjs'), true)).toMatchObject({ code: 'usage/no-learner' })
    const facts = `transductive: false, queriesTogether: 'none', innerSteps: 0`
    const written = (name: string, traits: string) =>
      writeFileSync(
        join(home, name),
        `export default () => ({ adapt() {}, traits: { ${traits} } })`,
      )
    written('silent.mjs', '')
    expect(await fault(module('./silent.mjs'), true)).toMatchObject({
      code: 'usage/no-learner',
      got: expect.stringContaining('traits'),
    })
    written('netless.mjs', facts)
    const netless = { learners: [{ name: 'mine', learner: { module: './netless.mjs' } }] }
    expect(await fault(netless, true)).toMatchObject({ got: expect.stringContaining('backbone') })
  })
})

describe('a module', () => {
  it('takes part, and is written as the configuration writes it', async () => {
    // Nearest centroid on pixels, with a parameter that nothing depends on.
    writeFileSync(
      join(home, 'mine.mjs'),
      `export const pixels = ({ scale }) => ({
        spec: { package: 'mine', export: 'pixels', options: { scale } },
        traits: { transductive: false, queriesTogether: 'none', innerSteps: 0 },
        trainsOn: 'episodes', init() {}, loss() {}, adapt() {}, predict() {},
      })`,
    )
    const learner = { module: './mine.mjs', export: 'pixels', options: { scale: 2 } }
    const change = { learners: [{ name: 'mine', backbone: 'none', learner }] }
    const { cells } = await plan(change, true)
    expect(cells[0]).toMatchObject({
      cell: { learner: 'mine' },
      backbone: 'none',
      config: { learner: { name: 'module', module: join(home, 'mine.mjs') } },
    })
    const board = checked(leaderboardSchema, { ...small, ...change })
    const written = portablePaths(board, home)
    expect(new Set(Object.values(written))).toEqual(new Set(['./mine.mjs']))
    expect(written).toHaveProperty([join(home, 'mine.mjs')])
  })
})

describe('a folder', () => {
  const signal = new AbortController().signal
  const job = async (out: string, change: object = {}): Promise<BoardJob> => ({
    cells: (await plan({ learners: ['nearest-centroid'], seeds: [1] })).cells,
    out: join(home, out),
    resume: false,
    shard: undefined,
    workers: 1,
    data: undefined,
    allowModule: false,
    written: {},
    signal,
    on: {},
    ...change,
  })
  const none = async (out: string, change: object = {}) => ({
    ...(await job(out, change)),
    cells: [],
  })

  it('that holds a leaderboard is not overwritten', async () => {
    await runBoard(await none('taken'))
    await expect(runBoard(await none('taken'))).rejects.toMatchObject({
      code: 'usage/folder-taken',
      remedy: expect.stringContaining('--resume'),
    })
    expect(await runBoard(await none('taken', { resume: true }))).toEqual({
      rows: [],
      ran: 0,
      left: 0,
    })
  })

  it('has one process at work; one that was killed counts for nothing', async () => {
    mkdirSync(join(home, 'busy'))
    const lock = join(home, 'busy/lock')
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    writeFileSync(lock, JSON.stringify(identityOfProcess(other.pid!)))
    await expect(runBoard(await none('busy'))).rejects.toMatchObject({
      code: 'usage/folder-busy',
      got: expect.stringContaining(`process ${other.pid}`),
    })
    other.kill('SIGKILL')
    await once(other, 'close')
    for (const left of [JSON.stringify({ pid: 2 ** 22 + 5, host: hostname() }), '', '{"pi']) {
      writeFileSync(lock, left)
      expect(await runBoard(await none('busy', { resume: true }))).toMatchObject({ ran: 0 })
    }
  })

  it('with a cell of another configuration is not gone on with', async () => {
    const { cells, out } = await job('other')
    const [{ cell, config }] = cells as [(typeof cells)[0]]
    const folder = cellFolder(out, cell.name)
    const test = { ...config.test, episodes: 5 }
    await run({
      config: { ...config, test },
      folder,
      resume: false,
      data: undefined,
      signal,
      on: {},
    })
    await expect(runBoard(await job('other'))).rejects.toMatchObject({
      code: 'usage/other-config',
      got: `${cell.name}: --resume with 'test.episodes' 600`,
    })
  })

  it('that cannot be made is said to be so', async () => {
    writeFileSync(join(home, 'file'), '')
    await expect(runBoard(await none('file/inside'))).rejects.toMatchObject({
      code: 'run/unwritable',
    })
  })
})
