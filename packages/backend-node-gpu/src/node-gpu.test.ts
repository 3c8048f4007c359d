import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { maml, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { protonet } from '@kshot/protonet'
import { backendSuite, codeOf, declared } from '@kshot/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { gpuDevices, nodeGpu } from './index'
import { type Machine, whyNoGpu } from './missing'

// runs where there is a card
backendSuite(nodeGpu(), {
  learners: { maml, metaSgd, reptile, matching, protonet } as never,
  known: declared.libtensorflow,
})

const complete: Machine = { driver: 'loaded', has: () => true, visible: undefined }
const without =
  (...missing: string[]) =>
  (library: string) =>
    !missing.includes(library)

describe('what is missing for CUDA', () => {
  it.each<[string, Partial<Machine>, RegExp, RegExp]>([
    ['the driver', { driver: undefined }, /no NVIDIA driver/, /Install the NVIDIA driver/],
    ['libcuda', { has: without('libcuda.so.1') }, /no libcuda\.so\.1/, /CAPABILITIES/],
    ['CUDA', { has: without('libcublas.so.12') }, /CUDA 12 .* libcublas\.so\.12/, /--cuda/],
    ['cuDNN', { has: without('libcudnn.so.8') }, /cuDNN 8 .* libcudnn\.so\.8/, /--cuda/],
    ['a card', { visible: '' }, /no GPU that it can use, with CUDA_VISIBLE_DEVICES=/, /nvidia-smi/],
    ['anything else', {}, /no GPU that it can use$/, /TF_CPP_MIN_LOG_LEVEL/],
  ])('names %s', (_, machine, reason, remedy) => {
    expect(whyNoGpu({ ...complete, ...machine })).toEqual({
      available: false,
      reason: expect.stringMatching(reason),
      remedy: expect.stringMatching(remedy),
    })
  })
})

describe('nodeGpu', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kshot-gpu-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('says that its library is not installed, and the command that installs it', async () => {
    expect(await nodeGpu({ root: folder }).available()).toEqual({
      available: false,
      reason: expect.stringContaining('@tensorflow/tfjs-node-gpu'),
      remedy: expect.stringContaining('npx kshot native install --cuda'),
    })
    await expect(nodeGpu({ root: folder }).activate()).rejects.toMatchObject({
      code: 'backend/unavailable',
    })
  })

  it('carries its options to where it is built again', () => {
    expect(nodeGpu({ device: 1, memoryGrowth: false }).spec.options).toEqual({
      device: 1,
      memoryGrowth: false,
    })
  })

  it.each([-1, 0.5, Number.NaN])('refuses the device %s', (device) => {
    expect(codeOf(() => nodeGpu({ device }))).toBe('node-gpu/bad-option')
  })
})

describe('gpuDevices', () => {
  it('reads what the driver lists', async () => {
    const printed = '0, NVIDIA H100 80GB HBM3, 81559\n1, NVIDIA A10, 23028\n'
    expect(await gpuDevices(async () => printed)).toEqual([
      { index: 0, name: 'NVIDIA H100 80GB HBM3', memoryBytes: 81559 * 2 ** 20 },
      { index: 1, name: 'NVIDIA A10', memoryBytes: 23028 * 2 ** 20 },
    ])
  })

  it('is empty without a driver, and where the driver answers something else', async () => {
    expect(await gpuDevices(() => Promise.reject(new Error('ENOENT')))).toEqual([])
    expect(await gpuDevices(async () => 'NVIDIA-SMI has failed')).toEqual([])
  })
})
