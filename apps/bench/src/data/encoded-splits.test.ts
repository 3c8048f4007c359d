import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpu } from '@kshot/backend-cpu'
import { disposeTask, useBackend } from '@kshot/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../configuration/config'
import { openData } from './data'

const home = mkdtempSync(join(tmpdir(), 'kshot-encoded-'))
const path = join(home, 'texts.csv')
const shape = { ways: 2, shots: 1, queries: 1 }
const config = (change: object = {}) =>
  parseConfig({
    learner: { name: 'nearestCentroid', backbone: 'text-encoder-small' },
    dataset: { name: 'texts', path, splits: { train: 0, validation: 0, test: 1 } },
    train: { steps: 0 },
    test: { ...shape, episodes: 3 },
    ...change,
  })

beforeAll(async () => {
  process.env.KSHOT_CACHE = join(home, 'cache')
  const rows = ['a', 'b', 'c'].flatMap((label, i) => [`${label},word${i} one`, `${label},word${i} two`])
  writeFileSync(path, ['label,text', ...rows].join('\n'))
  await useBackend(cpu())
})
afterAll(() => rmSync(home, { recursive: true }))

/** The numbers of the first test episode, and how far encoding told that it has come. */
async function encoded(folder: string) {
  const opened = await openData(config(), undefined)
  const told: number[][] = []
  const data = await opened.encoded!({
    folder: join(home, folder),
    onProgress: (done, total) => {
      told.push([done, total])
    },
  })
  const episode = await data.test(0)
  const values = [...episode.support.x.dataSync()]
  const { shape } = episode.support.x
  disposeTask(episode)
  return { data, opened, values, shape, told }
}

const packs = (folder: string) => {
  const inner = join(home, folder, 'text-encoder-small-1')
  return readdirSync(inner).map((name) => join(inner, name))
}

describe('data for a learner on an encoder', () => {
  it('is embeddings, of the episodes that learners without one are tested on', async () => {
    const { data, opened, shape, told } = await encoded('run')
    expect(shape).toEqual([2, 256])
    expect(told.at(-1)).toEqual([6, 6])
    expect(data.encoder).toBe('text-encoder-small')
    expect(await data.episodeSet()).toBe(await opened.episodeSet())
    const raw = await openData(
      config({ learner: { name: 'nearestCentroid', backbone: { name: 'embeddings' } } }),
      undefined,
    )
    expect(raw.encoded).toBeUndefined()
    expect(await raw.episodeSet()).toBe(await data.episodeSet())
  })

  it('is kept in the run’s folder and in the user’s cache, and read from either', async () => {
    const first = await encoded('kept')
    expect(packs('kept')).toHaveLength(1)
    expect((await encoded('kept')).values).toEqual(first.values)
    expect(packs('kept')).toHaveLength(1)
    for (const pack of packs('kept')) rmSync(pack)
    expect((await encoded('kept')).values).toEqual(first.values)
    expect(packs('kept')).toHaveLength(1)
    rmSync(join(home, 'cache'), { recursive: true })
    expect((await encoded('kept')).values).toEqual(first.values)
    expect((await encoded('new')).values).toEqual(first.values)
  })

  it('is made again where it is damaged', async () => {
    const first = await encoded('damaged')
    for (const pack of [...packs('damaged'), ...packs('cache/embeddings')]) {
      const bytes = readFileSync(pack)
      for (let i = 300; i < bytes.length; i += 100) bytes[i]! ^= 3
      writeFileSync(pack, bytes)
    }
    expect((await encoded('damaged')).values).toEqual(first.values)
  })

  it('is refused where an encoder takes something else, or examples change', async () => {
    const wrong = config({ learner: { name: 'nearestCentroid', backbone: 'image-encoder' } })
    const opened = await openData(wrong, undefined)
    await expect(opened.encoded!({ folder: undefined })).rejects.toMatchObject({
      code: 'config/bad-value',
      got: 'the encoder image-encoder on texts',
    })
    const turned = config({
      learner: { name: 'nearestCentroid', backbone: 'image-encoder' },
      dataset: { name: 'glyphs', distort: { rotation: 10 } },
    })
    await expect(openData(turned, undefined)).rejects.toMatchObject({ code: 'config/bad-value' })
  })

  it('names the encoder in one word, in full, and below a net', async () => {
    const spec = { package: '@kshot/text-encoder', export: 'staticTextEncoder', options: {} }
    const backbone = { name: 'embeddings', encoder: spec }
    expect(config().learner).toEqual({ name: 'nearestCentroid', backbone })
    const net = { name: 'mlp', hidden: [], outputs: 8 }
    const short = { name: 'protonet', backbone: { name: 'embeddings', encoder: 'text-encoder-small', net } }
    expect(config({ learner: short }).learner).toEqual({
      name: 'protonet',
      backbone: { ...backbone, net },
    })
    const misspelt = { name: 'protonet', backbone: 'text-encodr' }
    expect(() => config({ learner: misspelt })).toThrow(/image-encoder.*text-encoder-small/)
  })
})

describe('intents to test on alone', () => {
  it('are all 150, with a word where a learner would be trained', async () => {
    const all = { dataset: { name: 'intents', split: 'all' } }
    const { description } = await openData(config(all), undefined)
    expect(description).toMatch('intents: 0 classes for training')
    const learner = { name: 'protonet', backbone: { name: 'mlp' } }
    const train = { ...shape, steps: 1, optimizer: { name: 'sgd', rate: 0.1 } }
    const { train: tasks } = await openData(config({ ...all, learner, train }), undefined)
    expect(() => tasks('episodes')).toThrow(/0 classes for it.*"untrained": true/)
  })
})
