import { type EpisodeSource, episodeSetHash } from '@kshot/episodes'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../configuration/config'
import { openData } from './data'

const vary = [
  'dataset={"name":"glyphs"}',
  'train.ways={"min":3,"max":6}',
  'train.shots={"min":1,"max":4}',
  'test.ways={"min":2,"max":4}',
  'test.shots={"min":1,"max":5,"perClass":true}',
]

const hash = (source: unknown) => episodeSetHash(source as EpisodeSource, 20)

describe('episodes of different sizes', () => {
  it('draw their ways and shots within the bounds, the same ones each time', async () => {
    const config = await loadConfig('protonet-glyphs-5w1s', { set: vary })
    const { train, test } = await openData(config, undefined)
    const plans = Array.from({ length: 60 }, (_, i) => (train() as EpisodeSource).plan(i))
    expect([...new Set(plans.map(({ ways }) => ways))].sort()).toEqual([3, 4, 5, 6])
    const shots = plans.map(({ support, ways }) => support.length / ways)
    expect([...new Set(shots)].sort()).toEqual([1, 2, 3, 4])
    const { ways, query } = (test as EpisodeSource).plan(0)
    expect(query).toHaveLength(15 * ways)
    const again = await openData(config, undefined)
    expect(hash(again.test)).toBe(hash(test))
  })

  it('leave episodes of one size as they were', async () => {
    const config = await loadConfig('protonet-glyphs-5w1s')
    const { test } = await openData(config, undefined)
    // From a result that was written before ways and shots could vary.
    expect(hash(test)).toBe('b5ca1f70e6adb961514b0d38e257ce0d158f21a092e03bf692c33159fae64e4c')
  })

  it.each([
    ['test.ways={"min":5,"max":3}', 'at least as much'],
    ['train.shots={"min":0,"max":3}', '1'],
    ['train.ways={"min":3}', 'max'],
    ['train.ways={"min":1,"max":3}', '2'],
  ])('refuse %s', async (set, mention) => {
    const error = await loadConfig('protonet-glyphs-5w1s', { set: [set] }).catch((e) => e)
    expect(error.code).toMatch('config/')
    expect(`${error.got} ${error.expected}`).toMatch(mention)
  })

  it('have a number of points in a regression', async () => {
    const set = ['train.shots={"min":1,"max":3}']
    const error = await loadConfig('maml-sine-5shot', { set }).catch((e) => e)
    expect(error).toMatchObject({ code: 'config/wrong-type' })
  })
})
