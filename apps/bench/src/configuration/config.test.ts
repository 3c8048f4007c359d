import { describe, expect, it } from 'vitest'
import { presets } from '../catalogue/presets'
import { exitCodeOf } from '../process/exit-codes'
import { loadConfig, overridden, parseConfig } from './config'

const glyphs = presets['protonet-glyphs-5w1s']!.config

/** The error that a preset with overrides ends in, and its exit code. */
async function fault(...set: string[]) {
  const error = await loadConfig('protonet-glyphs-5w1s', { set }).catch((error) => error)
  const { code, got, expected, remedy } = error
  return { code, got, expected, remedy, exit: exitCodeOf(error) }
}

describe('a configuration', () => {
  it.each(Object.keys(presets))('%s is right', (name) => {
    expect(parseConfig(presets[name]!.config)).toMatchObject({ seed: 1, backend: 'wasm' })
  })

  it('is the same once it is resolved', () => {
    const config = parseConfig(glyphs)
    expect(parseConfig(JSON.parse(JSON.stringify(config)))).toEqual(config)
  })

  it('names the nearest of an unknown key', async () => {
    expect(await fault('train.way=5')).toMatchObject({
      code: 'config/unknown-key',
      got: "the unknown key 'train.way'",
      expected: expect.stringContaining('ways, shots, queries'),
      remedy: "Did you mean 'train.ways'?",
      exit: 2,
    })
    expect(await fault('sed=1')).toMatchObject({ remedy: "Did you mean 'seed'?" })
    expect(await fault('learner.backbone.filter=8')).toMatchObject({
      remedy: "Did you mean 'learner.backbone.filters'?",
    })
    expect(await fault('patience=3')).toMatchObject({
      remedy: "Did you mean 'validate.patience'?",
    })
    expect(await fault('train.optimizer.rate.evry=3')).toMatchObject({
      remedy: "Did you mean 'train.optimizer.rate.every'?",
    })
    expect(await fault('xylophone=3')).toMatchObject({ remedy: 'Leave it out' })
  })

  it('says what a key has and should have', async () => {
    expect(await fault('train.ways=many')).toMatchObject({
      code: 'config/wrong-type',
      got: '\'train.ways\' is "many", a string',
      expected: expect.stringMatching(/number|integer/),
      exit: 2,
    })
    expect(await fault('train.ways=1')).toMatchObject({ expected: 'a number of at least 2' })
    expect(await fault('train.ways=2.5')).toMatchObject({ expected: 'an integer' })
    expect(await fault('train=5')).toMatchObject({ got: "'train' is 5, a number" })
    expect(await fault('backend=wsm')).toMatchObject({ code: 'config/bad-value', exit: 2 })
    expect(await fault('train.optimizer.rate=fast')).toMatchObject({
      got: '\'train.optimizer.rate\' is "fast", a string',
      exit: 2,
    })
    expect(await fault('test=null')).toMatchObject({ code: 'config/wrong-type', exit: 2 })
  })

  it('names the nearest of an unknown net, optimizer or data set', async () => {
    expect(await fault('learner.backbone.name=conv5')).toMatchObject({
      expected: expect.stringContaining('conv4, resnet12, finnNet'),
      remedy: "Did you mean 'conv4'?",
      exit: 2,
    })
    expect(await fault('dataset.name=omniglott')).toMatchObject({
      remedy: "Did you mean 'omniglot'?",
    })
    expect(await fault('learner={"name":"protnet"}')).toMatchObject({
      remedy: "Did you mean 'protonet'?",
    })
  })

  it('names what is missing', () => {
    expect(() => parseConfig({ ...glyphs, train: undefined })).toThrow("no 'train'")
    expect(() => parseConfig({ ...glyphs, learner: {} })).toThrow("no 'learner.name'")
  })

  it('names the nearest preset', async () => {
    await expect(loadConfig('protonet-glyph-5w1s')).rejects.toMatchObject({
      code: 'config/unknown-preset',
      remedy: "Did you mean 'protonet-glyphs-5w1s'?",
    })
    await expect(loadConfig('absent.json')).rejects.toMatchObject({ code: 'config/unreadable' })
  })

  it('reads a whole spec as the short form', () => {
    const learner = {
      package: '@kshot/protonet',
      export: 'protonet',
      options: { backbone: { package: '@kshot/core', export: 'conv4', options: {} } },
    }
    expect(parseConfig({ ...glyphs, learner }).learner).toEqual({
      name: 'protonet',
      backbone: { name: 'conv4' },
    })
  })

  it('has nothing to validate on once it trains on those classes', () => {
    const train = { ...glyphs.train, split: 'train+val' as const }
    expect(parseConfig({ ...glyphs, train }).validate).toBeNull()
  })
})

describe('--set', () => {
  it('takes JSON, and text where it is none', () => {
    const set = ['a.b=1', 'a.c=train+val', 'd=null', 'e={"f":[1]}', 'g=a=b']
    expect(overridden({ a: { b: 0, z: true } }, { set })).toEqual({
      a: { b: 1, c: 'train+val', z: true },
      d: null,
      e: { f: [1] },
      g: 'a=b',
    })
  })

  it('reaches into lists', () => {
    const set = ['a.1.b=5', 'a.2=new']
    expect(overridden({ a: [1, { b: 2, c: 3 }] }, { set })).toEqual({
      a: [1, { b: 5, c: 3 }, 'new'],
    })
  })

  it('gives way to options of their own', () => {
    const config = overridden(glyphs, { set: ['seed=3'], seed: 4, backend: 'cpu', maxSeconds: 9 })
    expect(config).toMatchObject({ seed: 4, backend: 'cpu', train: { maxSeconds: 9, ways: 10 } })
  })

  it.each(['seed', '=3', 'a..b=3', '__proto__.x=1'])('rejects %s', async (set) => {
    expect(await fault(set)).toMatchObject({ code: 'usage/bad-set', exit: 2 })
  })
})
