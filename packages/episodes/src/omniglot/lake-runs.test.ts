import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import '@tensorflow/tfjs-backend-cpu'
import { disposeTask, type Episode, type TaskSource } from '@kshot/core'
import { leaked, rebuilt } from '@kshot/testkit'
import { setBackend } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { taskSetHash } from '../hash'
import { drawing, makePng } from '../png.testing'
import { expectError } from '../testing'
import { makeZip } from '../zip.testing'
import { findLakeRuns } from './find'
import { lakeRuns } from './lake-runs'
import { drawnRuns, type Files, itemOf } from './lake-runs.testing'

const root = mkdtempSync(join(tmpdir(), 'kshot-lake-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
beforeAll(() => setBackend('cpu'))

const drawn = drawnRuns()
let made = 0

function write(files: Files): string {
  const folder = join(root, String(made++))
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  return folder
}

function zipped(files: Files, crc?: number): string {
  const path = join(root, `${made++}.zip`)
  writeFileSync(path, makeZip(files, crc))
  return path
}

const renamed = (rename: (name: string) => string) =>
  Object.fromEntries(Object.entries(drawn).map(([name, bytes]) => [rename(name), bytes]))
const changed = (change: { [name: string]: Uint8Array | undefined }) =>
  Object.fromEntries(
    Object.entries({ ...drawn, ...change }).filter(([, bytes]) => bytes !== undefined),
  ) as Files

let data: string
let runs: TaskSource
beforeAll(async () => {
  data = zipped(drawn)
  runs = await lakeRuns({ data })
})

/** Widths of the bars of some pictures, in pixels. */
const widths = (x: Episode['support']['x']) => {
  const rows = x.dataSync<'float32'>()
  return Array.from({ length: x.shape[0]! }, (_, i) =>
    rows.slice(i * 784, i * 784 + 28).reduce((sum, v) => sum + v, 0),
  )
}

describe('Lake’s runs', () => {
  it('are 20 tasks of 20 classes, one drawing each to learn from and one to classify', async () => {
    for (const index of [0, 19]) {
      const { support, query, classes, id } = await runs(index)
      expect(support.x.shape).toEqual([20, 28, 28, 1])
      expect(query.x.shape).toEqual([20, 28, 28, 1])
      expect([support.ways, query.ways, id.index]).toEqual([20, 20, index])
      expect(classes?.[6]).toBe(index === 0 ? 'run01/class07' : 'run20/class07')
      expect([...support.y.dataSync()]).toEqual(Array.from({ length: 20 }, (_, c) => c))
      disposeTask({ support, query })
    }
    expect(() => runs(20)).toThrow('run 21')
  })

  it('have the pictures and answers of the files', async () => {
    const { support, query } = await runs(2)
    const taught = widths(support.x)
    const asked = widths(query.x)
    expect(taught.every((width, c) => c === 0 || width >= taught[c - 1]!)).toBe(true)
    const answers = [...query.y.dataSync()]
    for (let c = 1; c <= 20; c++) {
      const item = itemOf(3, c) - 1
      expect(answers[item]).toBe(c - 1)
      expect(Math.abs(asked[item]! - taught[c - 1]!)).toBeLessThanOrEqual(1)
    }
    disposeTask({ support, query })
  })

  it('are the same from a folder, below another, with what a Mac adds, with other line ends', async () => {
    const hash = async (from: string) => taskSetHash(await lakeRuns({ data: from }), 5)
    const expected = await taskSetHash(runs, 5)
    const mac = { '__MACOSX/run01/training/._class01.png': drawing(), 'run01/.DS_Store': drawing() }
    const windows = Buffer.from(String(drawn['run05/class_labels.txt']).replace(/\n/g, '\r\n'))
    expect(await hash(write(drawn))).toBe(expected)
    expect(await hash(zipped(renamed((name) => `all_runs/${name}`)))).toBe(expected)
    expect(await hash(zipped({ ...drawn, ...mac, 'run05/class_labels.txt': windows }))).toBe(
      expected,
    )
  })

  it('come in other sizes, and back from their spec', async () => {
    const large = await lakeRuns({ data, size: 105, resize: 'area' })
    const { support, query } = await large(0)
    expect(support.x.shape).toEqual([20, 105, 105, 1])
    disposeTask({ support, query })
    const { spec } = large
    expect(JSON.stringify(spec)).not.toContain(root)
    const load = async () => import('../node')
    const again = await rebuilt<TaskSource>(
      { ...spec, options: { ...spec.options, data } },
      'tasks',
      load,
    )
    expect(again.taskSpec).toEqual({ inputShape: [105, 105, 1], ways: 20 })
  })

  it('leave no tensor behind once disposed of', async () => {
    const all = async () => {
      for (let i = 0; i < 20; i++) disposeTask(await runs(i))
    }
    expect(await leaked(all)).toBe(0)
  })
})

describe('where the runs lie', () => {
  it('in the zip that is named, or beside Omniglot, or in a clone of its repository', () => {
    const zip = zipped(drawn)
    expect(findLakeRuns(zip)).toBe(zip)
    const folder = write({ 'run01/class_labels.txt': Buffer.from('') })
    expect(findLakeRuns(folder)).toBe(folder)
    const clone = write({ 'python/one-shot-classification/all_runs.zip': Buffer.from('') })
    const inside = join(clone, 'python', 'one-shot-classification', 'all_runs.zip')
    expect(findLakeRuns(clone)).toBe(inside)
  })

  it('or nowhere', () => {
    expect(findLakeRuns(join(root, 'nowhere.zip'))).toBeUndefined()
    expect(findLakeRuns(write({ 'images_background/readme.txt': Buffer.from('') }))).toBe(undefined)
  })
})

describe('bad archives', () => {
  const labels = 'run07/class_labels.txt'
  const lines = String(drawn[labels]).trim().split('\n')
  const withLines = (...all: string[]) => zipped(changed({ [labels]: Buffer.from(all.join('\n')) }))
  const refuse = (path: string, code: string, ...says: (string | RegExp)[]) =>
    expectError(() => lakeRuns({ data: path }), code, ...says)

  it('lack a drawing, an item, labels or a run: says which', async () => {
    const lacking = (name: string) => zipped(changed({ [name]: undefined }))
    for (const name of ['run07/training/class20.png', 'run20/test/item01.png', labels]) {
      await refuse(lacking(name), 'episodes/damaged-runs', `without ${name}`, '20 runs of 20')
    }
    const nineteen = Object.fromEntries(
      Object.entries(drawn).filter(([name]) => !name.startsWith('run20')),
    )
    await refuse(zipped(nineteen), 'episodes/damaged-runs', 'without run20/')
    await refuse(zipped({ 'readme.txt': Buffer.from('') }), 'episodes/damaged-runs', 'run01/')
  })

  it('hold a file twice', () =>
    refuse(
      zipped({ ...drawn, 'old/run01/test/item01.png': drawing() }),
      'episodes/damaged-runs',
      'run01/test/item01.png twice',
    ))

  it('have labels with a line too few, too many, of another run, twice, or of no class', async () => {
    await refuse(withLines(...lines.slice(1)), 'episodes/damaged-runs', 'with 19 lines')
    const wrong = [
      lines[0]!,
      lines[0]!.replaceAll('run07', 'run08'),
      'run07/test/item01.png run07/training/class21.png',
      'run07/test/item00.png run07/training/class01.png',
      'run07/test/item01.png',
      'nonsense',
    ]
    for (const line of wrong) {
      const path = withLines(...lines.slice(0, 19), line)
      await refuse(path, 'episodes/damaged-runs', /class_labels\.txt: '/, line)
    }
  })

  it('have a picture that is cut off, or no PNG, or of another kind', async () => {
    const spoilt = (bytes: Uint8Array) => zipped(changed({ 'run03/test/item05.png': bytes }))
    const place = 'run03/test/item05.png'
    await refuse(spoilt(drawing().subarray(0, 60)), 'episodes/damaged-image', place)
    await refuse(spoilt(Buffer.from('GIF89a')), 'episodes/damaged-image', place)
    const grey = makePng({ width: 1, height: 1, depth: 8, lines: new Uint8Array(2) })
    await refuse(spoilt(grey), 'episodes/damaged-image', place)
  })

  it('are cut off themselves, or have a wrong checksum', async () => {
    const short = join(root, 'short.zip')
    writeFileSync(short, makeZip(drawn).subarray(0, 20_000))
    await refuse(short, 'episodes/damaged-archive', 'short.zip')
    await refuse(zipped(drawn, 1), 'episodes/damaged-archive', 'checksum')
  })
})
