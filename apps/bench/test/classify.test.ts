import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { wasm } from '@kshot/backend-wasm'
import { createClassifier, useBackend } from '@kshot/core'
import { type Dataset, exampleSize } from '@kshot/episodes'
import { glyphs } from '@kshot/glyphs'
import { memory, tensor } from '@tensorflow/tfjs-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildLearner } from '../src/catalogue/specs'
import { type ClassifyJob, classify } from '../src/classify/classify'
import { parseConfig } from '../src/configuration/config'
import { exitCodeOf } from '../src/process/exit-codes'
import { readMeta } from '../src/running/meta-file'
import { run } from '../src/running/run'
import { cleanUp, home, kshot, tiny } from './kshot'

const maml = {
  name: 'maml',
  model: { name: 'conv4', filters: 4 },
  head: 'fixed',
  ways: 5,
  innerRate: 0.1,
  steps: 1,
}
const CLASSES = [0, 20, 40, 60, 80]
const checkpoint = (name: string) => join(home, name, 'meta.safetensors')

let test: Dataset

/** One picture of the data set as a file: ink on paper, as people have them, or light on dark. */
async function draw(path: string, classIndex: number, example: number, dark = false) {
  const pixels = new Float32Array(exampleSize(test))
  test.read(classIndex, example, pixels, 0)
  const bytes = Uint8Array.from(pixels, (v) => Math.round(255 * (dark ? v : 1 - v)))
  mkdirSync(dirname(join(home, path)), { recursive: true })
  const raw = { width: 28, height: 28, channels: 1 } as const
  await sharp(bytes, { raw }).png().toFile(join(home, path))
}

beforeAll(async () => {
  const short = { ...tiny, train: { ...tiny.train, steps: 20 } }
  const { signal } = new AbortController()
  for (const [name, learner] of Object.entries({ protonet: tiny.learner, maml })) {
    const config = parseConfig({ ...short, learner })
    await run({ config, folder: join(home, name), resume: false, data: undefined, signal, on: {} })
  }
  test = (await glyphs()).test
  for (const [i, c] of CLASSES.entries()) {
    await draw(`signs/class${i}/a.png`, c, 0)
    await draw(`signs/class${i}/b.png`, c, 1)
    await draw(`signs-once/class${i}/a.png`, c, 0, true)
    await draw(`queries/${i}.png`, c, 2)
  }
  await draw('night/0.png', CLASSES[0]!, 2, true)
  mkdirSync(join(home, 'empty/none'), { recursive: true })
})
afterAll(cleanUp)

const at = (...names: string[]) => names.map((name) => join(home, name))

/** What is said of pictures under `home`. */
function said(support: string, queries: string[], change: Partial<ClassifyJob> = {}) {
  const job = { checkpoint: checkpoint('protonet'), support: join(home, support), ...change }
  return classify(job, { paths: at(...queries), texts: [], stdin: async () => '' })
}

describe('kshot classify', () => {
  it('says of pictures in files what the learner says of the pixels', async () => {
    const { predictions, support } = await said('signs', ['queries'])
    expect(support).toEqual(Object.fromEntries(CLASSES.map((_, i) => [`class${i}`, 2])))
    await useBackend(wasm())
    const saved = await readMeta(checkpoint('protonet'))
    const learner = await buildLearner(saved.config)
    const meta = saved.load(learner)
    const classifier = await createClassifier({ learner, meta })
    const pixels = (c: number, example: number) => {
      const values = new Float32Array(exampleSize(test))
      test.read(c, example, values, 0)
      return tensor(values, [...test.shape])
    }
    for (const [i, c] of CLASSES.entries()) {
      for (const example of [0, 1]) await classifier.addExample(`class${i}`, pixels(c, example))
    }
    for (const [i, c] of CLASSES.entries()) {
      const { label, confidence, ranking } = await classifier.predict(pixels(c, 2))
      const [query] = at(`queries/${i}.png`)
      expect(predictions[i]).toMatchObject({ query, label, inverted: true })
      expect(predictions[i]!.confidence).toBeCloseTo(confidence, 5)
      expect(predictions[i]!.ranking.map((one) => one.label)).toEqual(
        ranking.map((one) => one.label),
      )
    }
    classifier.dispose()
  })

  it('takes light on dark for what it is', async () => {
    const [day] = (await said('signs', ['queries/0.png'])).predictions
    const [night] = (await said('signs', ['night/0.png'])).predictions
    expect(night).toEqual({ ...day, query: at('night/0.png')[0], inverted: false })
    const [forced] = (await said('signs', ['night/0.png'], { invert: 'yes' })).predictions
    expect(forced!.ranking).not.toEqual(night!.ranking)
  })

  it('is for any learner, with no training: MAML adapts', async () => {
    const change = { checkpoint: checkpoint('maml') }
    const { predictions, transductive } = await said('signs-once', ['queries'], change)
    expect(transductive).toBe(true)
    expect(predictions).toHaveLength(5)
    expect(new Set(predictions.map(({ label }) => label)).size).toBeGreaterThan(1)
    for (const { ranking } of predictions) {
      expect(ranking.reduce((sum, one) => sum + one.confidence, 0)).toBeCloseTo(1, 4)
    }
  })

  it('leaves no tensor behind', async () => {
    await said('signs', ['queries/0.png'])
    const before = memory().numTensors
    await said('signs', ['queries'])
    expect(memory().numTensors).toBe(before)
  })

  it('prints a table for people, or one JSON document', async () => {
    const args = ['classify', 'protonet/meta.safetensors', '--support', 'signs', 'queries/3.png']
    const { stdout } = await kshot(...args)
    expect(stdout).toMatch(/queries\/3\.png \(inverted\).*(class\d|none of these).*\d %.*class\d/)
    expect(stdout).toContain('protonet, examples: class0 2')
    const json = JSON.parse((await kshot(...args, '--json')).stdout)
    expect(json).toMatchObject({ learner: 'protonet', predictions: [{ query: 'queries/3.png' }] })
  })

  it('refuses what is no picture, and names all of it', async () => {
    writeFileSync(join(home, 'broken.png'), 'no picture')
    writeFileSync(join(home, 'notes.txt'), 'no picture either')
    const fault = said('signs', ['queries/0.png', 'broken.png', 'notes.txt'])
    await expect(fault).rejects.toMatchObject({
      code: 'classify/undecodable',
      got: expect.stringMatching(/2 files.*broken\.png.*notes\.txt/),
    })
    expect(exitCodeOf(await fault.catch((error) => error))).toBe(1)
  })

  it.each<[string, string, string, string]>([
    ['a folder that is not there', 'nowhere', 'queries', 'nowhere'],
    ['a query that is not there', 'signs', 'absent.png', 'absent.png'],
    ['pictures in the place of classes', 'queries', 'queries/0.png', 'no folders'],
    ['a class without pictures', 'empty', 'queries', 'empty/none'],
  ])('%s is wrong use', async (_, support, query, mention) => {
    const error = await said(support, [query]).catch((error) => error)
    expect(error.got).toContain(mention)
    expect(exitCodeOf(error)).toBe(2)
  })

  it('says what a fixed head cannot', async () => {
    for (const i of [0, 1]) await draw(`two/class${i}/a.png`, CLASSES[i]!, 0)
    const fault = said('two', ['queries/0.png'], { checkpoint: checkpoint('maml') })
    const error = await fault.catch((error) => error)
    expect(error.code).toBe('maml/wrong-way')
    expect(exitCodeOf(error)).toBe(2)
  })
})
