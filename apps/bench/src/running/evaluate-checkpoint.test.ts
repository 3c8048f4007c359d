import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpu } from '@kshot/backend-cpu'
import { conv4, rng, tree, useBackend } from '@kshot/core'
import { protonet } from '@kshot/protonet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../configuration/config'
import { evaluateCheckpoint } from './evaluate-checkpoint'
import { writeMeta } from './meta-file'

const folder = mkdtempSync(join(tmpdir(), 'kshot-eval-'))
const checkpoint = join(folder, 'meta.safetensors')
const backbone = { name: 'conv4', filters: 2, blocks: 2 } as const
const shape = { ways: 2, shots: 1, queries: 1 }
const config = parseConfig({
  learner: { name: 'protonet', backbone },
  dataset: { name: 'glyphs' },
  train: { ...shape, steps: 1, optimizer: { name: 'sgd', rate: 0.1 } },
  test: { ...shape, episodes: 2 },
  backend: 'cpu',
})

describe('evaluating a checkpoint', () => {
  beforeAll(async () => {
    await useBackend(cpu())
    // as if a scale of 3 had been the default when it was written
    const learner = protonet({ backbone: conv4({ filters: 2, blocks: 2 }), scale: 3 })
    const meta = learner.init(rng(1), { inputShape: [28, 28, 1] })
    const train = { steps: 1, episodes: 1, images: 4, stoppedBy: 'steps' } as const
    await writeMeta(checkpoint, learner, meta, { config, train, best: null })
    tree.dispose({ ...meta })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const evaluated = (set: string[] = []) => {
    const { signal } = new AbortController()
    return evaluateCheckpoint({ checkpoint, overrides: { set }, data: undefined, signal, on: {} })
  }

  it('takes the learner as it was trained, whatever its defaults are now', async () => {
    expect((await evaluated()).learner.options.scale).toBe(3)
  })

  it('refuses a learner that is changed into another', async () => {
    await expect(evaluated(['learner.scale=2'])).rejects.toThrow('scale')
  })
})
