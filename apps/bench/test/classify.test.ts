import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { wasm } from '@kshot/backend-wasm'
import { createClassifier, useBackend } from '@kshot/core'
import { type Dataset, exampleSize } from '@kshot/episodes'
import { glyphs } from '@kshot/glyphs'
import { memory, tensor } from '@tensorflow/tfjs-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildLearner } from '../src/catalogue/specs'
import { check } from '../src/classify/check'
import { type ClassifyJob, classify } from '../src/classify/classify'
import { checkPage } from '../src/classify/page/check-page'
import { parseConfig } from '../src/configuration/config'
import { exitCodeOf } from '../src/process/exit-codes'
import { readMeta } from '../src/running/meta-file'
import { run } from '../src/running/run'
import { cleanUp, home, kshot, tiny } from './kshot'
import { seenInChromium } from './seen-in-chromium'

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

const classifyHere = (
  job: ClassifyJob,
  asked: { paths?: string[]; texts?: string[]; stdin?: string },
) =>
  classify(job, {
    paths: asked.paths ?? [],
    texts: asked.texts ?? [],
    stdin: async () => asked.stdin ?? '',
  })

const PARCELS = [
  'label,text',
  'parcel,where is my parcel',
  'parcel,track my package',
  'refund,i want my money back',
  'refund,please refund the order',
].join('\n')

describe('kshot classify without a checkpoint', () => {
  const small = { encoder: 'text-encoder-small' } as const
  beforeAll(() => {
    process.env.KSHOT_CACHE = join(home, 'cache')
    writeFileSync(join(home, 'parcels.csv'), PARCELS)
    const rows = Array.from({ length: 12 }, (_, i) => {
      const large = i % 2
      return `${large ? 'big' : 'small'},${10 * large + (i % 5) / 10},${(i * 7) % 4}`
    })
    writeFileSync(
      join(home, 'sizes.csv'),
      ['label,width,noise', ...rows, 'small,10.2,1'].join('\n'),
    )
    writeFileSync(join(home, 'new.csv'), 'noise,width\n1,10.1\n3,0.2\n')
  })

  it('labels texts of the command line, of stdin, of a file and of a table', async () => {
    const job = { support: join(home, 'parcels.csv'), unknown: false, ...small } as const
    writeFileSync(join(home, 'texts.txt'), 'give me a refund\n\nmy parcel, please\n')
    writeFileSync(join(home, 'texts.jsonl'), '{"text":"the refund of my order"}\n')
    const { predictions, encoder, head } = await classifyHere(job, {
      texts: ['track the parcel'],
      paths: ['-', ...at('texts.txt', 'texts.jsonl')],
      stdin: 'money back\r\nwhere is the package\n',
    })
    expect([encoder, head]).toEqual(['text-encoder-small', 'centroid'])
    expect(predictions.map(({ query, label }) => [query, label])).toEqual([
      ['track the parcel', 'parcel'],
      ['money back', 'refund'],
      ['where is the package', 'parcel'],
      ['give me a refund', 'refund'],
      ['my parcel, please', 'parcel'],
      ['the refund of my order', 'refund'],
    ])
  })

  it('encodes an example once: the next time it is there', async () => {
    const job = { support: join(home, 'parcels.csv'), ...small }
    const [first] = (await classifyHere(job, { texts: ['my parcel'] })).predictions
    const packs = readdirSync(join(home, 'cache/embeddings/text-encoder-small-1'))
    expect(packs.length).toBeGreaterThan(0)
    const [again] = (await classifyHere(job, { texts: ['my parcel'] })).predictions
    expect(again).toEqual(first)
    expect(readdirSync(join(home, 'cache/embeddings/text-encoder-small-1'))).toEqual(packs)
  })

  it('says that a text is none of these, unless it must not', async () => {
    const job = { support: join(home, 'parcels.csv'), ...small }
    const strange = { texts: ['xylophone zebra quantum'] }
    expect((await classifyHere(job, strange)).predictions[0]!.label).toBeNull()
    const forced = await classifyHere({ ...job, unknown: false }, strange)
    expect(forced.predictions[0]!.label).not.toBeNull()
    const strict = await classifyHere({ ...job, unknown: 2 }, { texts: ['where is my parcel'] })
    expect(strict.predictions[0]!.label).toBeNull()
  })

  it('labels rows of numbers by columns of the same names', async () => {
    const job = { support: join(home, 'sizes.csv') }
    const { predictions, head } = await classifyHere(job, { paths: at('new.csv') })
    expect(head).toBe('neighbours')
    expect(predictions.map(({ label }) => label)).toEqual(['big', 'small'])
    expect(predictions[0]!.query).toContain('new.csv, line 2')
  })

  it('labels pictures, in folders of folders and of any size', { timeout: 60_000 }, async () => {
    const job = { support: join(home, 'photos'), unknown: false } as const
    const plain = (path: string, background: string, width = 40) => {
      mkdirSync(dirname(join(home, path)), { recursive: true })
      const create = { width, height: 30, channels: 3, background } as const
      return sharp({ create }).png().toFile(join(home, path))
    }
    await plain('photos/sky/a.png', '#2277ff')
    await plain('photos/meadow/a.png', '#118822')
    await plain('new/deep/blue.png', '#3388ee', 500)
    await plain('new/green.png', '#229933')
    const { predictions, encoder } = await classifyHere(job, { paths: at('new') })
    expect(encoder).toBe('image-encoder')
    expect(predictions.map(({ query, label }) => [query, label])).toEqual([
      [join(home, 'new/deep/blue.png'), 'sky'],
      [join(home, 'new/green.png'), 'meadow'],
    ])
    writeFileSync(join(home, 'new/broken.jpg'), 'no picture')
    const fault = classifyHere(job, { paths: at('new') })
    await expect(fault).rejects.toMatchObject({
      code: 'classify/undecodable',
      got: expect.stringContaining('broken.jpg'),
    })
  })

  it('checks examples by leaving each out, and shows it', async () => {
    const found = await check({ support: join(home, 'sizes.csv') })
    const { accuracy, interval, right, examples, classes, suspects, confused } = found.checked
    expect([right, examples]).toEqual([12, 13])
    expect(accuracy).toBeCloseTo(12 / 13, 6)
    expect(interval![0]).toBeCloseTo(0.667, 3)
    expect(interval![1]).toBeCloseTo(0.986, 3)
    expect(classes).toEqual([
      { label: 'small', examples: 7, right: 6 },
      { label: 'big', examples: 6, right: 6 },
    ])
    expect(confused).toEqual([
      { label: 'small', takenFor: 'big', examples: [expect.stringContaining('line 14')] },
    ])
    expect(suspects).toMatchObject([{ label: 'small', predicted: 'big' }])
    const page = await checkPage(found)
    expect(page).toContain('sizes.csv, line 14')
    expect(page).not.toMatch(/<script|https?:/)
    expect(page.match(/class="wrong"/g)).toHaveLength(1)
  })

  it.each([
    ['light', 1200],
    ['dark', 390],
  ] as const)('shows a check that fits, in %s, %i pixels wide', async (colorScheme, width) => {
    const page = await checkPage(await check({ support: join(home, 'sizes.csv') }))
    writeFileSync(join(home, 'seen.html'), page)
    const seen = await seenInChromium(join(home, 'seen.html'), { colorScheme, width })
    if (typeof seen === 'string') return console.info(`skipped, no Chromium: ${seen}`)
    expect(seen).toMatchObject({ asked: 1, width, outside: [] })
    expect(seen.contrast).toBeGreaterThan(4.5)
  })

  it('escapes what stands in a table', async () => {
    const evil = ['label,text', ...['<b>x', '<b>y'].flatMap((t) => [`<i>,${t} one`, `b,${t} two`])]
    writeFileSync(join(home, 'evil.csv'), evil.join('\n'))
    const page = await checkPage(await check({ support: join(home, 'evil.csv'), ...small }))
    expect(page).not.toMatch(/<i>|<b>x/)
    expect(page).toContain('&lt;i&gt;')
  })

  it('prints a table, one JSON document, and a page of a check', async () => {
    const args = ['classify', '--support', 'parcels.csv', '--encoder', 'text-encoder-small']
    const { stdout, code } = await kshot(...args, '--text', 'track my parcel')
    expect(code).toBe(0)
    expect(stdout).toMatch(/track my parcel.*parcel.*\d %/)
    expect(stdout).toContain('text-encoder-small, centroid, examples: parcel 2, refund 2')
    const checked = await kshot(...args, '--check', '--json', '-o', 'check.html')
    expect(JSON.parse(checked.stdout)).toMatchObject({ examples: 4, encoder: 'text-encoder-small' })
    expect(readFileSync(join(home, 'check.html'), 'utf8')).toMatch(/^<!doctype html>/)
  })

  it.each<[string, string[], string]>([
    ['nothing to label', [], 'nothing to label'],
    ['queries of a check', ['--check', '--text', 'x'], '--check and queries'],
    [
      'a threshold that is no number',
      ['--text', 'x', '--unknown', 'maybe'],
      'auto, off or a number',
    ],
  ])('%s is wrong use', async (_, args, mention) => {
    const { code, stderr, stdout } = await kshot('classify', '--support', 'parcels.csv', ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(mention)
  })

  it.each<[string, Partial<ClassifyJob>, string[], string]>([
    ['an encoder of pictures', { encoder: 'image-encoder' }, ['texts.txt'], 'an encoder of texts'],
    ['an absent file', {}, ['nowhere.txt'], 'nowhere.txt'],
    ['a checkpoint on texts', { checkpoint: 'm.safetensors' }, ['texts.txt'], 'pictures'],
    ['a table without classes', { label: 'kind' }, ['texts.txt'], "no 'kind'"],
  ])('%s is wrong use', async (_, job, paths, mention) => {
    const fault = classifyHere(
      { support: join(home, 'parcels.csv'), ...job },
      { paths: at(...paths) },
    )
    const error = await fault.catch((caught) => caught)
    expect(error.message).toContain(mention)
    expect(exitCodeOf(error)).toBe(2)
  })
})
