import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { install, manifest, pack, publishedFolders } from './packed'

const place = mkdtempSync(join(tmpdir(), 'kshot-installed-'))
const app = join(place, 'app')
// nothing that this machine has: no cache of npm's, no library of kshot's, no data
const env = {
  HOME: join(place, 'home'),
  XDG_CACHE_HOME: join(place, 'home/.cache'),
  npm_config_cache: join(place, 'npm'),
  KSHOT_DATA: '',
  NO_COLOR: '1',
}

// The testkit is for those who write packages, and brings vitest.
const shipped = publishedFolders.filter((folder) => folder !== 'packages/testkit')

beforeAll(() => install(app, pack(shipped, join(place, 'tarballs')), env), 600_000)
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** What a person types. */
function npx(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', ...args], {
    cwd: app,
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  })
  return { code: status, stdout, stderr }
}

function done(...args: string[]): string {
  const ended = npx('kshot', ...args)
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  return ended.stdout
}

const set = (...values: string[]) => values.flatMap((value) => ['--set', value])

const checkpoint = 'runs/protonet-glyphs-5w1s-seed1/meta.safetensors'

describe('kshot, packed and installed in an empty folder', { timeout: 300_000 }, () => {
  it('says its version', () => {
    expect(done('--version')).toBe(`${manifest('apps/bench')?.version}\n`)
  })

  it('has what its command line needs, and none of what the workspace is built with', () => {
    const installed = join(app, 'node_modules')
    expect(existsSync(join(installed, 'kshot/dist/cli.js'))).toBe(true)
    for (const name of ['vitest', 'tsup', 'tinybench', 'kshot/dist/speed', 'kshot/src']) {
      expect(existsSync(join(installed, name)), name).toBe(false)
    }
  })

  it('runs the quickstart', () => {
    const short = set('train.steps=60', 'validate.episodes=10', 'test.episodes=30')
    const result = JSON.parse(done('run', 'protonet-glyphs-5w1s', '--json', ...short))
    expect(result).toMatchObject({ learner: { export: 'protonet' }, commit: null })
    expect(result.test.accuracy).toBeGreaterThan(0.3)
    expect(existsSync(join(app, checkpoint))).toBe(true)
  })

  it('trains on worker threads', () => {
    const short = set('train.steps=5', 'validate.episodes=4', 'test.episodes=4')
    done('run', 'protonet-glyphs-5w1s', '--workers', '2', '--out', 'runs/two', ...short)
  })

  it('classifies pictures by a checkpoint', () => {
    writeFileSync(join(app, 'draw.mjs'), DRAW)
    expect(spawnSync('node', ['draw.mjs'], { cwd: app, encoding: 'utf8' }).stderr).toBe('')
    const queries = [0, 1, 2].map((i) => `new/${i}.png`)
    const args = ['classify', checkpoint, '--support', 'signs', ...queries, '--json']
    const said = JSON.parse(done(...args))
    expect(JSON.stringify(said).match(/"class\d"/g)?.length).toBeGreaterThanOrEqual(3)
  })

  it('classifies pictures and texts without a checkpoint, and checks the examples', () => {
    const pictures = done('classify', '--support', 'signs', 'new/0.png', 'new/2.png', '--json')
    expect(pictures).toContain('image-encoder')
    expect(pictures.match(/class[02]/g)?.length).toBeGreaterThanOrEqual(2)
    const rows = ['where is my parcel', 'track a parcel'].map((text) => `parcel,${text}`)
    const others = ['wake me at six', 'set an alarm'].map((text) => `alarm,${text}`)
    writeFileSync(join(app, 'texts.csv'), ['label,text', ...rows, ...others].join('\n'))
    const texts = ['classify', '--support', 'texts.csv', '--unknown', 'off']
    expect(done(...texts, '--text', 'has my parcel come')).toMatch(/has my parcel come.*parcel/)
    done(...texts.slice(0, 3), '--check', '-o', 'check.html')
    expect(readFileSync(join(app, 'check.html'), 'utf8')).toContain('track a parcel')
  })

  it('ranks learners, and makes a page of it', () => {
    writeFileSync(join(app, 'board.json'), JSON.stringify(BOARD))
    expect(done('leaderboard', 'board.json')).toContain('nearest-centroid')
    done('report', 'runs/board', '-o', 'report.html')
    const page = readFileSync(join(app, 'report.html'), 'utf8')
    expect(page).toContain('nearest-centroid')
    expect(page).toContain('npx kshot report runs/board -o report.html')
  })

  it('tells what the machine has, and what brings the rest', () => {
    const { backends } = JSON.parse(done('doctor', '--json'))
    const backend = (name: string) => backends.find((b: { name: string }) => b.name === name)
    expect(backend('wasm')).toMatchObject({ available: true })
    expect(backend('node')).toMatchObject({ available: false })
    expect(backend('node').remedy).toContain("'npx kshot native install'")
  })

  it('names commands, where something is wrong, that can be typed as they stand', () => {
    const wrong = npx('kshot', 'run', 'no-such-preset')
    expect(wrong.code).toBe(2)
    const [, remedy] = /See (npx kshot [a-z ]+)/.exec(wrong.stderr)!
    const right = npx(...remedy!.trim().split(' ').slice(1))
    expect(right.code).toBe(0)
    expect(right.stdout).toContain('protonet-glyphs-5w1s')
  })
})

const BOARD = {
  data: { kind: 'glyphs' },
  learners: ['protonet', 'nearest-centroid'],
  filters: 4,
  settings: [{ ways: 5, shots: 1 }],
  seeds: [1],
  budget: { images: 400 },
  validate: { episodes: 3, checks: 2 },
  test: { episodes: 10 },
}

/** Draws three classes of the embedded glyphs as people have pictures: ink on paper. */
const DRAW = `
import { mkdirSync } from 'node:fs'
import { glyphs } from '@kshot/glyphs'
import sharp from 'sharp'

const { test } = await glyphs()
async function draw(path, classIndex, example) {
  const pixels = new Float32Array(784)
  test.read(classIndex, example, pixels, 0)
  const bytes = Uint8Array.from(pixels, (v) => Math.round(255 * (1 - v)))
  await sharp(bytes, { raw: { width: 28, height: 28, channels: 1 } }).png().toFile(path)
}
mkdirSync('new')
for (const [i, c] of [0, 20, 40].entries()) {
  mkdirSync('signs/class' + i, { recursive: true })
  await draw('signs/class' + i + '/a.png', c, 0)
  await draw('new/' + i + '.png', c, 2)
}
`
