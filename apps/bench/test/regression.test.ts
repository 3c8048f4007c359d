import type { ErrorScore } from '@kshot/results'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withoutMeasurements } from '../src/running/result'
import { cleanUp, type Ended, kshot, resultIn, sines, text, writeConfig } from './kshot'

const config = writeConfig('sines.json', sines)
let whole: Ended

beforeAll(async () => {
  whole = await kshot('run', config, '--out', 'whole', '--json')
})
afterAll(cleanUp)

describe('kshot run on a regression', () => {
  it('measures errors by the number of inner steps, beside a pre-trained net', () => {
    expect(whole).toMatchObject({ code: 0 })
    const result = resultIn('whole')
    expect(JSON.parse(whole.stdout)).toEqual(result)
    expect(result).toMatchObject({
      setting: { dataset: 'sinusoids', split: 'generated', ways: null, shots: 5, queries: 10 },
      test: { mse: { 1: expect.any(Number), 5: expect.any(Number) }, episodes: 20 },
      labels: { adaptationSteps: 2, transductive: false },
      episodeSet: expect.stringMatching(/^[0-9a-f]{64}$/),
      train: { episodes: 120, stoppedBy: 'steps' },
    })
    for (const { mse, interval } of [result.test, result.baselines[0]!.test] as ErrorScore[]) {
      expect(interval[5]![0]).toBeLessThan(mse[5]!)
      expect(interval[5]![1]).toBeGreaterThan(mse[5]!)
    }
    expect(result.baselines[0]!.name).toMatch(/^pre-trained on all tasks, fine-tuned at 0\.\d+$/)
  })

  it('logs the error of each task, and says errors, not per cent', () => {
    const lines = text('whole', 'episodes.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const mean = lines.reduce((sum, { mse }) => sum + mse[5], 0) / 20
    expect(mean).toBeCloseTo((resultIn('whole').test as ErrorScore).mse[5]!, 10)
    expect(whole.stderr).toMatch(/testing +20\/20 +error [\d.]+ after 5 steps/)
    expect(whole.stderr).toContain('error after 1 step ')
    expect(whole.stderr).not.toContain('accuracy')
  })

  it('draws true and predicted curves', () => {
    const svg = text('whole', 'curves.svg')
    expect(svg).toMatch(/^<svg [^>]*xmlns=/)
    for (const name of ['maml, mlp', 'pre-trained', 'true', 'before', '1 step', '5 steps']) {
      expect(svg).toContain(name)
    }
    // three tasks, two contenders, and each time the truth and three predictions
    expect(svg.match(/<path [^>]*d="M/g)!.length).toBeGreaterThanOrEqual(3 * 2 * 4)
    expect(svg).not.toContain('NaN')
  })

  it('gives the same bytes again, and from its checkpoint', async () => {
    expect(await kshot('run', config, '--out', 'again', '--quiet')).toMatchObject({ code: 0 })
    expect(text('again', 'curves.svg')).toBe(text('whole', 'curves.svg'))
    expect(withoutMeasurements(resultIn('again'))).toEqual(withoutMeasurements(resultIn('whole')))
    const { code, stdout } = await kshot('eval', 'whole/meta.safetensors', '--json', '--quiet')
    expect(code).toBe(0)
    expect(withoutMeasurements(JSON.parse(stdout))).toEqual(withoutMeasurements(resultIn('whole')))
  })

  it('has no ways, and classes have some', async () => {
    const regression = await kshot('run', config, '--out', 'no', '--set', 'train.ways=5')
    expect(regression).toMatchObject({ code: 2 })
    expect(regression.stderr).toContain("'train.ways' is 5")
    const other = await kshot('run', config, '--out', 'no', '--set', 'dataset.name=glyphs')
    expect(other).toMatchObject({ code: 2 })
    expect(other.stderr).toContain("no 'train.ways'")
  })
})
