import '@tensorflow/tfjs-backend-cpu'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { disposeTask, type Episode } from '@kshot/core'
import { leaked } from '@kshot/testkit'
import { setBackend } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectError } from '../testing'
import { regressionFile } from './file'
import { inOwnUnits } from './standardise'
import { regressionTasks } from './tasks'

const folder = mkdtempSync(join(tmpdir(), 'kshot-regression-'))
beforeAll(() => setBackend('cpu'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** Task k is y = k x + 1 at x = 0 … 7. */
const lines = (tasks: number) =>
  Array.from({ length: 8 * tasks }, (_, i) => [`t${Math.floor(i / 8)}`, i % 8] as const)
const table = (tasks = 10) =>
  file(
    'lines.csv',
    ['task,x,y', ...lines(tasks).map(([t, x]) => `${t},${x},${Number(t.slice(1)) * x + 1}`)].join(
      '\n',
    ),
  )

async function numbers(episode: Episode | Promise<Episode>) {
  const drawn = await episode
  const { support, query } = drawn
  const of = (t: { dataSync(): ArrayLike<number> }) => [...Array.from(t.dataSync())]
  const found = { x: of(support.x), y: of(support.y), queryX: of(query.x), queryY: of(query.y) }
  disposeTask(drawn)
  return { ...found, classes: drawn.classes }
}

describe('regressionFile', () => {
  it('deals tasks to splits, none twice, and standardises by the training tasks', async () => {
    const { train, validation, test, scale, understood } = await regressionFile(table())
    const all = [train, validation, test].flatMap(({ tasks }) => tasks.map(({ id }) => id))
    expect([...all].sort()).toEqual(Array.from({ length: 10 }, (_, k) => `t${k}`))
    expect([train, validation, test].map(({ tasks }) => tasks.length)).toEqual([6, 2, 2])
    const y = train.tasks.flatMap((task) => [...task.y])
    expect(y.reduce((sum, v) => sum + v, 0) / y.length).toBeCloseTo(0, 5)
    expect(y.reduce((sum, v) => sum + v * v, 0) / y.length).toBeCloseTo(1, 5)
    const [one] = test.tasks
    const slope = Number(one!.id.slice(1))
    expect([...inOwnUnits(scale!.y, one!.y)][3]).toBeCloseTo(3 * slope + 1, 4)
    expect(understood).toMatchObject({ classes: 10, examples: 80, dealt: 'split by seed 0' })
  })

  it('reads JSON Lines with lists, several targets, and splits that the file gives', async () => {
    const rows = ['train', 'train', 'validation', 'test'].flatMap((split, k) =>
      [0, 1, 2].map((i) => JSON.stringify({ task: `car ${k}`, split, x: [i, k], y: [i + k, -i] })),
    )
    const path = file('cars.jsonl', rows.join('\n'))
    const { train, test, given } = await regressionFile(path, { standardise: false })
    expect(given).toBe(true)
    expect([train.inputs, train.outputs, train.tasks.length]).toEqual([2, 2, 2])
    expect([...test.tasks[0]!.y]).toEqual([3, 0, 4, -1, 5, -2])
  })

  it('names its columns in errors', async () => {
    const path = file('other.csv', 'who,when,much\na,1,2\na,2,3\n')
    await expectError(() => regressionFile(path), 'episodes/bad-option', /no 'task' among who/)
    const task = { task: 'who' }
    await expectError(() => regressionFile(path, task), 'episodes/bad-option', /no 'y' among/)
    const bad = file('bad.csv', 'task,x,y\na,1,2\na,2,?\n')
    await expectError(() => regressionFile(bad), 'episodes/damaged-file', /line 3.*missing value/)
  })

  it('refuses a task in two splits', async () => {
    const path = file('two.csv', 'task,x,y,split\na,1,2,train\na,2,3,test\n')
    await expectError(() => regressionFile(path), 'episodes/splits-overlap')
  })
})

describe('regressionTasks', () => {
  const options = { shots: 3, queries: 4, seed: 1 }

  it('draws points of one task, each once, and every task equally often', async () => {
    const { train } = await regressionFile(table(), { standardise: false })
    const tasks = regressionTasks(train, options)
    const seen = new Map<string, number>()
    for (let i = 0; i < 12; i++) {
      const { x, y, queryX, queryY, classes } = await numbers(tasks(i))
      const slope = Number(classes![0]!.slice(1))
      const all = [...x, ...queryX]
      expect(new Set(all).size).toBe(7)
      expect([...y, ...queryY]).toEqual(all.map((v) => slope * v + 1))
      seen.set(classes![0]!, (seen.get(classes![0]!) ?? 0) + 1)
    }
    expect([...seen.values()]).toEqual(Array(6).fill(2))
  })

  it('learns from the first points where they are asked for, and asks for later ones', async () => {
    const { train } = await regressionFile(table(), { standardise: false })
    const tasks = regressionTasks(train, { ...options, support: 'first' })
    const { x, queryX } = await numbers(tasks(5))
    expect(x).toEqual([0, 1, 2])
    expect(queryX.every((v) => v > 2)).toBe(true)
  })

  it('are a function of seed and index, the support whatever the queries; no tensor stays', async () => {
    const { train } = await regressionFile(table())
    const tasks = regressionTasks(train, options)
    expect(await numbers(tasks(3))).toEqual(await numbers(tasks(3)))
    const more = await numbers(regressionTasks(train, { ...options, queries: 5 })(3))
    expect(more.x).toEqual((await numbers(tasks(3))).x)
    expect(await leaked(async () => disposeTask(await tasks(0)))).toBe(0)
  })

  it('needs tasks with enough points', async () => {
    const { train } = await regressionFile(table())
    await expectError(
      () => regressionTasks(train, { ...options, shots: 6 }),
      'episodes/too-few-points',
      /at least 10 points/,
    )
  })
})
