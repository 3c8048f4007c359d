import { adam, sgd } from '@kshot/core'
import { linearMap, quadratics } from '@kshot/learned-optimizer'
import { activate } from '@kshot/testkit'
import { memory } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { LEARNED, runStudy, type StudyResult } from './run-study'
import { type Study, studies } from './studies'
import { studyPicture } from './study-picture'

const set = (seed: string, count: number) => ({
  model: linearMap(),
  tasks: quadratics({ seed }),
  count,
})
const small: Study = {
  ...studies['learned-optimizer-quadratics']!,
  families: [
    { name: 'SGD', make: (rate) => sgd(rate) },
    { name: 'Adam', make: (rate) => adam(rate) },
  ],
  rates: [1e-3, 1e-2, 100],
  steps: 10,
  problems: async () => ({
    validation: set('validation', 2),
    tests: { quadratics: set('test', 4) },
  }),
}

describe('a study of optimizers', () => {
  let result: StudyResult
  let heard = 0
  beforeAll(async () => {
    await activate('wasm')
    const before = memory().numTensors
    result = await runStudy(small, { solved: () => heard++ })
    expect(memory().numTensors).toBe(before)
  })

  it('tunes on validation problems, tests on others, and compares by pairs', () => {
    const [panel] = result.panels
    expect(panel!.optimizers.map(({ name }) => name)).toEqual([LEARNED, 'SGD', 'Adam'])
    expect(result.tuning.map(({ trials }) => trials.length)).toEqual([3, 3])
    const [learned, , adam] = panel!.optimizers
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length
    const wanted = mean(learned!.at[10]!) - mean(adam!.at[10]!)
    expect(adam!.difference![10]!.mean).toBeCloseTo(wanted, 9)
    expect(learned!.quartiles).toHaveLength(21)
    expect(heard).toBe(2 * 3 * 2 + 3 * 4)
  })

  it('is drawn, with each optimizer by name', () => {
    const picture = studyPicture(result)
    expect(picture).toContain('<svg')
    for (const name of [LEARNED, 'SGD', 'Adam']) expect(picture).toContain(`— ${name}`)
    expect(picture).not.toContain('NaN')
  })

  it('stops where it is told to', async () => {
    const stopped = runStudy(small, { signal: AbortSignal.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'run/interrupted' })
  })
})
