import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { presets } from '../src/catalogue/presets'
import { withoutMeasurements } from '../src/running/result'
import { cleanUp, type Ended, kshot, resultIn, text, tiny, writeConfig } from './kshot'

afterAll(cleanUp)

const random = {
  ...tiny,
  learner: { ...tiny.learner, name: 'nearestCentroid' },
}
const classifier = {
  ...tiny,
  learner: { ...tiny.learner, name: 'fineTuned', head: 'cosine', steps: 5 },
  train: { ...tiny.train, steps: 4 },
  validate: { ...tiny.validate, every: 2 },
}

describe('kshot run with a learner that has nothing to learn', () => {
  const config = writeConfig('random.json', random)
  let whole: Ended
  beforeAll(async () => {
    whole = await kshot('run', config, '--out', 'random')
  })

  it('trains nothing, whatever the steps, and tests', () => {
    expect(whole).toMatchObject({ code: 0 })
    expect(whole.stderr).toContain('nothing is trained')
    expect(whole.stderr).not.toMatch(/training +\d/)
    expect(whole.stdout).toContain('not trained')
    const result = resultIn('random')
    expect(result).toMatchObject({
      train: { steps: 0, episodes: 0, images: 0, stoppedBy: 'steps' },
      test: { episodes: 20 },
      measured: { trainEpisodesPerSecond: null, trainImagesPerSecond: null },
      best: null,
      labels: { adaptationSteps: 0 },
    })
    expect(result.train.seconds).toBeLessThan(5)
    expect(result.labels.parameters).toBeGreaterThan(0)
    expect(text('random', 'log.jsonl')).toBe('')
  })

  it('is resumed, and evaluated from its checkpoint', async () => {
    const again = await kshot('run', config, '--out', 'random', '--resume', '--json')
    expect(JSON.parse(again.stdout)).toEqual(resultIn('random'))
    const { stdout } = await kshot('eval', 'random/meta.safetensors', '--json', '--quiet')
    const evaluated = withoutMeasurements(JSON.parse(stdout))
    expect(evaluated).toEqual(withoutMeasurements(resultIn('random')))
  })

  it('takes 0 steps of any learner', async () => {
    const zero = ['--set', 'train.steps=0', '--quiet']
    const ended = await kshot('run', writeConfig('tiny.json', tiny), '--out', 'zero', ...zero)
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(resultIn('zero').train).toMatchObject({ steps: 0, stoppedBy: 'steps' })
  })
})

describe('kshot run with a learner that trains on batches', () => {
  it('counts images, validates and tests on episodes, and goes on', async () => {
    const config = writeConfig('classifier.json', classifier)
    const args = ['run', config, '--out', 'classifier'] as const
    expect(await kshot(...args, '--max-seconds', '0.01', '--quiet')).toMatchObject({ code: 0 })
    expect(resultIn('classifier').train).toMatchObject({ steps: 1, images: 15 })
    const ended = await kshot(...args, '--resume', '--max-seconds', '500')
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.stderr).toContain('15 images per step')
    const result = resultIn('classifier')
    expect(result.train).toMatchObject({ steps: 4, images: 60, stoppedBy: 'steps' })
    expect(result).toMatchObject({
      labels: { adaptationSteps: 5 },
      best: { score: expect.any(Number) },
    })
    const { stdout } = await kshot('eval', 'classifier/meta.safetensors', '--json', '--quiet')
    expect(JSON.parse(stdout).test).toEqual(result.test)
  })
})

describe('the presets of the baselines', () => {
  const names = ['pixels', 'random-net', 'knn', 'baseline', 'baselinepp', 'simpleshot']

  it.each(names)(
    '%s: glyphs, and the settings of Omniglot with ProtoNet’s test episodes',
    (name) => {
      for (const setting of ['5w1s', '5w5s', '20w1s', '20w5s']) {
        const { config } = presets[`${name}-omniglot-${setting}`]!
        const { dataset, test, seed } = presets[`protonet-omniglot-${setting}`]!.config
        expect(config).toMatchObject({ dataset, test, seed })
      }
      const { dataset, test } = presets['protonet-glyphs-5w1s']!.config
      expect(presets[`${name}-glyphs-5w1s`]!.config).toMatchObject({ dataset, test })
    },
  )
})
