import { activate, leaked, testBackends, toyEpisodes, toyLearner } from '@kshot/testkit'
import {
  fill,
  getBackend,
  mean,
  memory,
  mul,
  reshape,
  slice,
  sub,
  type Tensor,
  tensor,
  tensor1d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { customEncoder } from '../encoder'
import { rng } from '../random'
import type { Episode } from '../task'
import * as tree from '../tree'
import { centroidHead, createClassifier, neighboursHead } from './index'

/** Points of d numbers around a centre per class, as an encoder of things would give them. */
function world({ d = 48, seed = 1, noise = 0.55 } = {}) {
  const random = rng(seed)
  const normal = () => {
    const [u, v] = [random.uniform(), random.uniform()]
    return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v)
  }
  const vector = (scale: number) => Array.from({ length: d }, () => scale * normal())
  const common = vector(0.6)
  const centres = Array.from({ length: 40 }, () => vector(1).map((v, j) => v + common[j]!))
  return {
    draw: (k: number) => centres[k]!.map((v) => v + noise * normal()),
    noise: () => vector(1.2),
    encoder: customEncoder<readonly number[]>({ name: 'points', dimensions: d, encode: (x) => x }),
  }
}

describe('createClassifier over an encoder', () => {
  beforeAll(() => activate('cpu'))

  async function taught(ways: number, shots: number, options = {}, drawnAs = {}) {
    const { encoder, ...of } = world(drawnAs)
    const classifier = await createClassifier({ encoder, ...options })
    for (let k = 0; k < ways; k++) {
      await classifier.addExamples(
        `class ${k}`,
        Array.from({ length: shots }, () => of.draw(k)),
      )
    }
    return { classifier, ...of }
  }

  it.each([
    ['centroid', centroidHead()],
    ['neighbours', neighboursHead()],
  ])('tells labels by the %s head, and turns strangers and noise away', async (_, head) => {
    const { classifier, draw, noise } = await taught(5, 5, { head })
    const members = Array.from({ length: 100 }, (_, i) => draw(i % 5))
    const told = await classifier.predictMany(members)
    const right = told.filter(({ label }, i) => label === `class ${i % 5}`)
    expect(right.length).toBeGreaterThan(90)
    const strangers = Array.from({ length: 100 }, (_, i) => draw(10 + (i % 30)))
    const others = await classifier.predictMany([
      ...strangers,
      ...Array.from({ length: 100 }, noise),
    ])
    expect(others.slice(0, 100).filter(({ label }) => label === null).length).toBeGreaterThan(80)
    expect(others.slice(100).filter(({ label }) => label === null).length).toBeGreaterThan(95)
  })

  it('is as right as it is sure: the calibration error is at most 0.05', async () => {
    const told: { confidence: number; right: boolean }[] = []
    for (let seed = 1; seed <= 25; seed++) {
      const { classifier, draw } = await taught(8, 6, { unknown: false }, { seed, noise: 2.5 })
      const queries = Array.from({ length: 80 }, (_, i) => draw(i % 8))
      const answers = await classifier.predictMany(queries)
      answers.forEach(({ label, confidence }, i) => {
        told.push({ confidence, right: label === `class ${i % 8}` })
      })
    }
    const error = Array.from({ length: 10 }, (_, bin) => {
      const inside = told.filter(
        ({ confidence }) => Math.min(Math.floor(confidence * 10), 9) === bin,
      )
      const sum = inside.reduce((total, one) => total + one.confidence - Number(one.right), 0)
      return Math.abs(sum) / told.length
    })
    expect(error.reduce((a, b) => a + b, 0)).toBeLessThan(0.05)
  })

  it('gives a class of one example its share beside a class of fifteen', async () => {
    let found = 0
    for (let seed = 1; seed <= 20; seed++) {
      const { encoder, draw } = world({ seed, noise: 1.2 })
      const classifier = await createClassifier({ encoder, unknown: false })
      await classifier.addExamples(
        'many',
        Array.from({ length: 15 }, () => draw(0)),
      )
      await classifier.addExample('one', draw(1))
      const told = await classifier.predictMany(Array.from({ length: 10 }, () => draw(1)))
      found += told.filter(({ label }) => label === 'one').length
    }
    expect(found).toBeGreaterThan(160)
  })

  it('expects classes as often as they have examples where it is told so', async () => {
    const { encoder, draw } = world()
    const two = async (prior: 'uniform' | 'examples') => {
      const classifier = await createClassifier({ encoder, prior, unknown: false })
      await classifier.addExamples(
        'a',
        Array.from({ length: 9 }, () => draw(0)),
      )
      await classifier.addExample('b', draw(1))
      const { ranking } = await classifier.predict(draw(2))
      return ranking.find(({ label }) => label === 'a')!.confidence
    }
    expect(await two('examples')).toBeGreaterThan(await two('uniform'))
  })

  it('ranks all labels, with confidences that sum to 1', async () => {
    const { classifier, draw } = await taught(3, 2)
    const { label, confidence, ranking } = await classifier.predict(draw(1))
    expect(ranking.map((one) => one.label).sort()).toEqual(['class 0', 'class 1', 'class 2'])
    expect(ranking.reduce((sum, one) => sum + one.confidence, 0)).toBeCloseTo(1, 6)
    expect(ranking[0]).toEqual({ label, confidence })
  })

  it('always has a label with unknown: false, and a threshold of its own with a number', async () => {
    const { draw, noise, encoder } = world()
    const make = async (unknown: false | number) => {
      const classifier = await createClassifier({ encoder, unknown })
      for (const k of [0, 1]) await classifier.addExamples(`class ${k}`, [draw(k), draw(k)])
      return classifier
    }
    expect((await (await make(false)).predict(noise())).label).not.toBeNull()
    expect((await (await make(2)).predict(draw(0))).label).toBeNull()
    await expect(createClassifier({ encoder, unknown: Number.NaN })).rejects.toMatchObject({
      code: 'core/bad-option',
    })
  })

  it('encodes each example once, when it is added', async () => {
    let encoded = 0
    const counting = customEncoder<number[]>({
      name: 'counting',
      dimensions: 2,
      encode: (x) => {
        encoded += x.length
        return x
      },
    })
    const classifier = await createClassifier({ encoder: counting })
    await classifier.addExample('a', [1, 0])
    await classifier.addExample('b', [0, 1])
    await classifier.predict([1, 0.1])
    await classifier.addExample('c', [1, 1])
    await classifier.predict([1, 0.1])
    expect(encoded).toBe(5)
  })

  it('finds the mislabelled example, and says how good it is', async () => {
    const { classifier, draw } = await taught(4, 6)
    const wrong = await classifier.addExample('class 2', draw(0))
    await classifier.addExample('lonely', draw(9))
    const { accuracy, suspects, alone, examples } = await classifier.check()
    expect(suspects.map(({ id }) => id)).toEqual([wrong])
    expect(suspects[0]!.predicted).toBe('class 0')
    expect(accuracy).toBeCloseTo(24 / 25, 5)
    expect(examples).toHaveLength(25)
    expect(alone).toEqual(['lonely'])
  })

  it('adds, renames, merges and removes', async () => {
    const { classifier, draw } = await taught(3, 2)
    const id = await classifier.addExample('class 0', draw(0), { thumbnail: Uint8Array.of(1, 2) })
    expect(classifier.counts).toEqual(
      new Map([
        ['class 0', 3],
        ['class 1', 2],
        ['class 2', 2],
      ]),
    )
    expect(classifier.examples.find((one) => one.id === id)!.thumbnail).toEqual(Uint8Array.of(1, 2))
    classifier.removeExample(id)
    expect(classifier.counts.get('class 0')).toBe(2)
    classifier.renameLabel('class 1', 'mug')
    expect(classifier.labels).toEqual(['class 0', 'mug', 'class 2'])
    classifier.renameLabel('mug', 'class 0')
    expect(classifier.counts).toEqual(
      new Map([
        ['class 0', 4],
        ['class 2', 2],
      ]),
    )
    classifier.removeLabel('class 2')
    expect(classifier.labels).toEqual(['class 0'])
    for (const { id: last } of classifier.examples) classifier.removeExample(last)
    expect(classifier.labels).toEqual([])
    await expect(classifier.predict(draw(0))).rejects.toMatchObject({ code: 'core/no-examples' })
    expect(() => classifier.removeExample(id)).toThrow('the id of an example')
    expect(() => classifier.renameLabel('gone', 'x')).toThrow("the label 'gone'")
  })

  it('gives numbers back as numbers, and never mixes them with names', async () => {
    const { encoder, draw } = world()
    const classifier = await createClassifier({ encoder, unknown: false })
    await classifier.addExamples(10, [draw(0), draw(0)])
    await classifier.addExamples(2, [draw(1), draw(1)])
    expect((await classifier.predict(draw(0))).label).toBe(10)
    expect(classifier.labels).toEqual([10, 2])
    await expect(classifier.addExample('2', draw(1))).rejects.toMatchObject({
      code: 'core/mixed-labels',
    })
    for (const label of [Number.NaN, undefined, null, {}, 1n, Symbol.iterator]) {
      await expect(classifier.addExample(label as never, draw(1))).rejects.toMatchObject({
        code: 'core/bad-label',
      })
    }
  })

  it('saves and loads: the same answers, labels of any text, adding goes on', async () => {
    const { encoder, draw } = world()
    const names = ['__proto__', 'constructor', '', '10', '\u0000', '\ud800', 'a/b', '🍄']
    const make = () => createClassifier({ encoder })
    const classifier = await make()
    for (const [k, name] of names.entries()) {
      await classifier.addExample(name, draw(k), { thumbnail: Uint8Array.of(k) })
      await classifier.addExample(name, draw(k))
    }
    const again = await make()
    await again.load((await classifier.save()).buffer)
    expect(again.examples).toEqual(classifier.examples)
    const query = draw(3)
    expect(await again.predict(query)).toEqual(await classifier.predict(query))
    expect(await again.save()).toEqual(await classifier.save())
    const id = await again.addExample('new', draw(9))
    expect(classifier.examples.every((one) => one.id < id)).toBe(true)
  })

  it('keeps what it has where what it should load is damaged or of another encoder', async () => {
    const { classifier, draw } = await taught(2, 2)
    const bytes = await classifier.save()
    const before = classifier.examples
    const other = await createClassifier({
      encoder: customEncoder<number[]>({ name: 'other', dimensions: 48, encode: (x) => x }),
    })
    await expect(other.load(bytes)).rejects.toMatchObject({ code: 'checkpoint/other-model' })
    const newer = await createClassifier({
      encoder: { ...world().encoder, version: '2' },
    })
    await expect(newer.load(bytes)).rejects.toMatchObject({ code: 'checkpoint/other-model' })
    for (const bad of [null, 'text', new Uint8Array(3), new ArrayBuffer(9)]) {
      await expect(classifier.load(bad as never)).rejects.toMatchObject({ name: 'KshotError' })
    }
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const damaged = bytes.slice()
          damaged[at]! ^= by
          await expect(classifier.load(damaged)).rejects.toMatchObject({ name: 'KshotError' })
        },
      ),
      { numRuns: 50 },
    )
    expect(classifier.examples).toEqual(before)
    expect((await classifier.predict(draw(1))).label).toBe('class 1')
  })

  it('takes calls that overlap, and refuses those after dispose', async () => {
    const { classifier, draw } = await taught(3, 2)
    const results = await Promise.allSettled([
      classifier.predict(draw(0)),
      classifier.addExample('class 3', draw(3)),
      classifier.predict(draw(3)),
      classifier.save(),
      classifier.check(),
    ])
    expect(results.every(({ status }) => status === 'fulfilled')).toBe(true)
    const late = classifier.predict(draw(0))
    classifier.dispose()
    await expect(late).rejects.toMatchObject({ code: 'core/disposed' })
    await expect(classifier.addExample('x', draw(0))).rejects.toMatchObject({
      code: 'core/disposed',
    })
  })

  it('leaves no tensor behind, in many rounds, and within tf.tidy', async () => {
    const { encoder, draw } = world()
    const left = await leaked(async () => {
      const classifier = await createClassifier({ encoder })
      await classifier.addExamples('a', [draw(0), draw(0)])
      await classifier.addExamples('b', [draw(1), draw(1)])
      await classifier.predict(draw(0))
      const held = memory().numTensors
      for (let round = 0; round < 50; round++) {
        const id = await classifier.addExample('b', draw(1))
        await classifier.predict(draw(0))
        classifier.removeExample(id)
      }
      await classifier.predict(draw(0))
      expect(memory().numTensors).toBe(held)
      const inside: { answer?: ReturnType<typeof classifier.predict> } = {}
      tidy(() => {
        void classifier.addExample('c', draw(2))
        inside.answer = classifier.predict(draw(0))
      })
      expect((await inside.answer!).label).toBe('a')
      expect((await classifier.predict(draw(1))).label).toBe('b')
      classifier.dispose()
    })
    expect(left).toBe(0)
  })

  it('answers from a thousand classes as from five', async () => {
    const { encoder, draw } = world({ d: 16 })
    const classifier = await createClassifier({ encoder, unknown: false })
    for (let k = 0; k < 1000; k++) {
      const angle = rng(k).split('x')
      await classifier.addExample(
        k,
        Array.from({ length: 16 }, () => angle.uniform() - 0.5),
      )
    }
    const { ranking } = await classifier.predict(draw(0))
    expect(ranking).toHaveLength(1000)
  })

  it('compares two inputs, and embeds one', async () => {
    const { classifier } = await taught(2, 1)
    const x = Array.from({ length: 48 }, (_, i) => i - 20)
    expect(
      await classifier.similarity(
        x,
        x.map((v) => 2 * v),
      ),
    ).toBeCloseTo(1, 5)
    expect(
      await classifier.similarity(
        x,
        x.map((v) => -v),
      ),
    ).toBeCloseTo(-1, 5)
    expect([...(await classifier.embed(x))]).toEqual(x)
  })
})

describe.each(testBackends)('an example that is alone in its class, on %s', (backend) => {
  beforeAll(() => activate(backend))

  it('leaves finite scores behind, however its length is rounded', async () => {
    const { draw } = world({ d: 512 })
    const classes = Array.from({ length: 400 }, (_, id) => [
      { id, values: Float32Array.from(draw(id % 40)) },
    ])
    const places = classes.map((_, classIndex) => ({ classIndex, index: 0 }))
    const scores = centroidHead().leaveOut({ shape: [512], classes }, places)
    expect((await scores.data()).every(Number.isFinite)).toBe(true)
  })
})

describe('createClassifier with a learner', () => {
  beforeAll(async () => {
    await activate('cpu')
    episode = tasks(0) as Episode
  })
  const tasks = toyEpisodes({ ways: 3, shots: 2, queries: 1, noise: 0.05 })
  const learner = toyLearner({ units: 16 })
  const meta = () => learner.init(rng(1), tasks.taskSpec)
  let episode: Episode
  const names = ['spiral', 'cross', 'circle']
  const support = (i: number) => slice(episode.support.x, i, 1)
  const query = (i: number) => slice(episode.query.x, i, 1)

  async function taught(of = learner) {
    const classifier = await createClassifier({ learner: of, meta: meta() })
    for (const [i, label] of episode.support.y.dataSync().entries()) {
      await classifier.addExample(names[label]!, support(i))
    }
    return classifier
  }

  it('tells labels from a few examples', async () => {
    const classifier = await taught()
    expect(classifier.labels).toEqual(names)
    for (const [i, name] of names.entries()) {
      expect((await classifier.predict(query(i))).label).toBe(name)
    }
  })

  it('asks a transductive learner among the examples: one query is no batch to normalise', async () => {
    const centred = (x: Tensor) => sub(x, mean(x, 0, true))
    const batchwise: typeof learner = {
      ...learner,
      traits: { ...learner.traits, transductive: true },
      adapt: (meta, set, ctx) => learner.adapt(meta, { ...set, x: centred(set.x) }, ctx),
      predict: (meta, adapted, x, ctx) => learner.predict(meta, adapted, centred(x), ctx),
    }
    const classifier = await taught(batchwise)
    const told = await classifier.predictMany(names.map((_, i) => query(i)))
    expect(told.map(({ ranking }) => ranking[0]!.label)).toEqual(names)
  })

  it('takes an example with or without its batch of one', async () => {
    const classifier = await taught()
    const single = reshape(query(1), [8, 8, 1])
    expect(await classifier.predict(single)).toEqual(await classifier.predict(query(1)))
  })

  it('takes whole numbers of a picture, 0 … 255, for fractions', async () => {
    const classifier = await taught()
    const pixels = Array.from(query(1).dataSync(), (v) =>
      Math.round(255 * Math.min(Math.max(v, 0), 1)),
    )
    const whole = tensor(pixels, [8, 8, 1], 'int32')
    const fractions = tensor(
      pixels.map((v) => v / 255),
      [8, 8, 1],
    )
    expect(await classifier.predict(whole)).toEqual(await classifier.predict(fractions))
  })

  it('saves its examples and loads them in another session', async () => {
    const saved = await (await taught()).save()
    const classifier = await createClassifier({ learner, meta: meta() })
    await classifier.addExample('old', support(0))
    await classifier.load(saved)
    expect(classifier.labels).toEqual(names)
    expect(await classifier.predict(query(2))).toEqual(await (await taught()).predict(query(2)))
    const other = await createClassifier({ learner: toyLearner({ units: 3 }), meta: meta() })
    await expect(other.load(saved)).rejects.toMatchObject({ code: 'checkpoint/other-model' })
  })

  it.each<[string, () => unknown]>([
    ['NaN', () => fill([8, 8, 1], Number.NaN)],
    ['infinity', () => fill([8, 8, 1], Number.POSITIVE_INFINITY)],
    ['1e30', () => fill([8, 8, 1], 1e30)],
    ['a batch of two', () => zeros([2, 8, 8, 1])],
    ['a batch of none', () => zeros([0, 8, 8, 1])],
    ['another shape', () => zeros([4, 4, 1])],
    ['strings', () => tensor(['a'])],
    ['null', () => null],
    ['an array', () => [[1]]],
    [
      'a disposed tensor',
      () => {
        const x = zeros([8, 8, 1])
        x.dispose()
        return x
      },
    ],
  ])('refuses %s at the call, and stays usable', async (_, make) => {
    const classifier = await taught()
    const before = await classifier.predict(query(0))
    const bad = { name: 'KshotError' }
    await expect(classifier.predict(make() as Tensor)).rejects.toMatchObject(bad)
    await expect(classifier.addExample('spiral', make() as Tensor)).rejects.toMatchObject(bad)
    await expect(classifier.addExample('new', make() as Tensor)).rejects.toMatchObject(bad)
    expect(classifier.labels).toEqual(names)
    expect(await classifier.predict(query(0))).toEqual(before)
  })

  it('says that a learner gave no finite scores', async () => {
    const broken = {
      ...learner,
      predict: (...args: Parameters<typeof learner.predict>) =>
        mul(learner.predict(...args), Number.NaN),
    }
    const classifier = await taught(broken)
    await expect(classifier.predict(query(0))).rejects.toMatchObject({ code: 'core/not-finite' })
  })

  it('refuses what it cannot answer', async () => {
    const classifier = await createClassifier({ learner, meta: meta() })
    await expect(classifier.predict(query(0))).rejects.toMatchObject({ code: 'core/no-examples' })
    expect(() => classifier.removeLabel('x')).toThrow("the label 'x'")
    await classifier.addExample('a', support(0))
    await expect(classifier.predict(query(0))).rejects.toMatchObject({ code: 'core/one-class' })
    await expect(classifier.addExample('b', tensor1d([1, 2]))).rejects.toMatchObject({
      code: 'core/shape-mismatch',
    })
    await expect(createClassifier({ learner })).rejects.toMatchObject({ code: 'core/bad-option' })
  })

  it('leaves the backend of the app alone, and no tensor behind', async () => {
    await activate('wasm')
    await activate('cpu')
    const backend = {
      name: 'wasm',
      spec: { package: 'test', export: 'none', options: {} },
      available: async () => ({ available: true }) as const,
      activate: async () => {
        throw new Error('already there')
      },
    }
    const weights = meta()
    const left = await leaked(async () => {
      const classifier = await createClassifier({ learner, meta: weights, backend })
      const inputs: Tensor[] = [support(0), support(2), query(0)]
      await classifier.addExample('a', inputs[0]!)
      await classifier.addExample('b', inputs[1]!)
      expect((await classifier.predict(inputs[2]!)).label).toBe('a')
      expect(getBackend()).toBe('cpu')
      tree.dispose(inputs)
      classifier.dispose()
    })
    expect(left).toBe(0)
  })
})
