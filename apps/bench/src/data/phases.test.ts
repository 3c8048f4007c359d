import { describe, expect, it } from 'vitest'
import { loadConfig } from '../configuration/config'
import { openData } from './data'

const faultOf = (preset: string, set: string) =>
  loadConfig(preset, { set: [set] }).catch(({ code, got, expected }) => ({ code, got, expected }))

describe('each phase', () => {
  it('draws its own episodes: within a script or not, distorted in training alone', async () => {
    const set = [
      'train.within=group',
      'train.distort={"shift":1}',
      'dataset={"name":"glyphs"}',
      'test.within=group',
      'test.ways=3',
    ]
    const config = await loadConfig('protonet-glyphs-5w1s', { set })
    const { train, validation, test } = await openData(config, undefined)
    expect(train().spec.options).toMatchObject({ within: 'group', distort: { shift: 1 } })
    expect(validation!.spec.options).not.toHaveProperty('within')
    expect(test.spec.options).toMatchObject({ within: 'group', ways: 3 })
    for (const { spec } of [validation!, test]) expect(spec.options).not.toHaveProperty('distort')
    expect(train('pairs').spec.options).toMatchObject({ within: 'group', distort: { shift: 1 } })
  })

  it('has the data set’s distortions unless training has its own', async () => {
    const config = await loadConfig('protonet-glyphs-5w1s', {
      set: ['train.distort={"shear":0.1}'],
    })
    const { train, test } = await openData(config, undefined)
    expect(train().spec.options).toMatchObject({ distort: { shear: 0.1 } })
    expect(train().spec.options.distort).not.toHaveProperty('rotation')
    expect(test.spec.options).toMatchObject({ distort: { rotation: 15 } })
  })

  it('augments training pictures alone', async () => {
    const set = ['train.augment={"flip":true,"crop":0.2}']
    const config = await loadConfig('protonet-glyphs-5w1s', { set })
    const { train, validation, test } = await openData(config, undefined)
    for (const kind of ['episodes', 'batches', 'pairs'] as const) {
      expect(train(kind).spec.options).toMatchObject({ augment: { flip: true, crop: 0.2 } })
    }
    for (const { spec } of [validation!, test]) expect(spec.options).not.toHaveProperty('augment')
    expect(await faultOf('protonet-glyphs-5w1s', 'train.augment={"crop":1}')).toMatchObject({
      code: 'config/bad-value',
    })
  })

  it('of a regression has no classes to be within a group', async () => {
    for (const [key, value] of [
      ['train.within', 'group'],
      ['validate.drawers', 'shared'],
      ['train.distort', '{"shift":1}'],
    ]) {
      expect(await faultOf('maml-sine-5shot', `${key}=${value}`)).toMatchObject({
        code: 'config/wrong-type',
        got: expect.stringContaining(key!),
        expected: expect.stringContaining('a regression has no classes'),
      })
    }
    expect(await faultOf('protonet-glyphs-5w1s', 'test.within=alphabet')).toMatchObject({
      code: 'config/bad-value',
    })
  })
})
