import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorScore } from '@kshot/results'
import { afterAll, describe, expect, it } from 'vitest'
import { cleanUp, home, kshot, resultIn, writeConfig } from './kshot'

/** Task k is y = k x + noise of k's own level, at many x. */
const rows = Array.from({ length: 20 * 30 }, (_, i) => {
  const [k, x] = [Math.floor(i / 30), ((i * 7) % 30) / 10]
  return `car ${k},${x},${Math.cos(i)},${(k % 5) * x + k}`
})
writeFileSync(join(home, 'cars.csv'), ['task,x1,x2,y', ...rows].join('\n'))

const shape = { shots: 4, queries: 6 }
const config = writeConfig('cars.json', {
  learner: { name: 'bayesianLinear', model: { name: 'mlp', hidden: [16], outputs: 8 } },
  dataset: { name: 'regression', path: './cars.csv' },
  train: { ...shape, metaBatch: 2, steps: 40, optimizer: { name: 'adam', rate: 0.01 } },
  validate: { ...shape, episodes: 4, every: 20 },
  test: { ...shape, episodes: 20 },
})

afterAll(cleanUp)

describe('kshot run on a file of regression tasks', () => {
  it('tests on tasks of its own, beside baselines, with paired differences', async () => {
    expect(await kshot('run', config, '--out', 'cars', '--json')).toMatchObject({ code: 0 })
    const result = resultIn('cars')
    expect(result).toMatchObject({
      setting: { dataset: 'regression', ways: null, shots: 4, queries: 6 },
      data: { classes: 20, examples: 600, splits: { train: 12, validation: 4, test: 4 } },
      episodeSet: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(result.baselines.map(({ name }) => name.split(/[ ,]/)[0])).toEqual([
      'mean',
      'ridge',
      'Gaussian',
    ])
    const { mse } = result.test as ErrorScore
    for (const { test, difference } of result.baselines) {
      const other = (test as ErrorScore).mse[0]!
      expect(difference![0]!.mean).toBeCloseTo(mse[0]! - other, 6)
      expect(difference![0]!.interval[0]).toBeLessThan(difference![0]!.mean)
    }
  })

  it('refuses such a file as classes, and says what reads it', async () => {
    const wrong = writeConfig('classes.json', {
      learner: { name: 'nearestCentroid', backbone: { name: 'embeddings' } },
      dataset: { name: 'vectors', path: './cars.csv' },
      train: { ways: 2, shots: 1, queries: 1, steps: 0, optimizer: { name: 'adam', rate: 1 } },
      test: { ways: 2, shots: 1, queries: 1, episodes: 2 },
    })
    const { code, stderr } = await kshot('run', wrong, '--out', 'wrong')
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/regression tasks.*'regression' of kshot/s)
  })
})
