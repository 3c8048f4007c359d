import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpu } from '@kshot/backend-cpu'
import { conv4, isKshotError, type MetaLearner, rng, type Spec, useBackend } from '@kshot/core'
import { writeCheckpointFile } from '@kshot/core/node'
import { protonet } from '@kshot/protonet'
import {
  anything,
  assert,
  constantFrom,
  dictionary,
  oneof,
  property,
  record,
  string,
} from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { classifierFromCheckpoint } from '../classify/by-checkpoint'
import { parseConfig } from '../configuration/config'
import { evaluateCheckpoint } from '../running/evaluate-checkpoint'
import { mayName, namesOf } from './names'
import type { NamedRole } from './roles'
import { buildLearner } from './specs'

const backbone = { name: 'conv4', filters: 2, blocks: 2 } as const
const shape = { ways: 2, shots: 1, queries: 1 }
const sound = {
  learner: { name: 'protonet', backbone } as object,
  dataset: { name: 'glyphs' },
  train: { ...shape, steps: 1, optimizer: { name: 'sgd', rate: 0.1 } as object },
  test: { ...shape, episodes: 2 },
  backend: 'cpu',
}

/** Where a configuration has a spec, and of which role. */
const PLACES: readonly [NamedRole, (spec: unknown) => unknown][] = [
  ['learner', (learner) => ({ ...sound, learner })],
  ['model', (net) => ({ ...sound, learner: { name: 'protonet', backbone: net } })],
  [
    'model',
    (net) => ({
      ...sound,
      learner: { package: '@kshot/protonet', export: 'protonet', options: { backbone: net } },
    }),
  ],
  ['optimizer', (optimizer) => ({ ...sound, train: { ...sound.train, optimizer } })],
  [
    'schedule',
    (rate) => ({ ...sound, train: { ...sound.train, optimizer: { name: 'sgd', rate } } }),
  ],
]

const PACKAGES = [
  '@kshot/core',
  '@kshot/core/node',
  '@kshot/episodes',
  '@kshot/episodes/node',
  '@kshot/glyphs',
  '@kshot/protonet',
  '@kshot/matching',
  '@kshot/siamese',
  '@kshot/relation',
  '@kshot/baseline',
  '@kshot/maml',
  '@kshot/vmap',
  '@kshot/backend-cpu',
  '@kshot/backend-wasm',
  '@kshot/backend-node',
  '@kshot/backend-node-gpu',
  '@kshot/backend-webgpu',
] as const

const codeOf = (run: () => unknown) => {
  try {
    run()
    return 'taken'
  } catch (error) {
    return isKshotError(error) ? error.code : `untyped: ${error}`
  }
}

describe('a configuration', () => {
  it.each(PACKAGES)('names of %s what may be named in a role, and nothing else', async (name) => {
    const exports = ['default', 'constructor', '__proto__', ...Object.keys(await import(name))]
    const taken: string[] = []
    for (const one of exports) {
      for (const [role, place] of PLACES) {
        const code = codeOf(() => parseConfig(place({ package: name, export: one, options: {} })))
        if (mayName(role, name, one)) expect(code).not.toBe('usage/foreign-module')
        else expect([role, one, code]).toEqual([role, one, 'usage/foreign-module'])
        if (code === 'taken') taken.push(one)
      }
    }
    const named = ['learner', 'model', 'optimizer', 'schedule'].flatMap((role) =>
      namesOf(role as NamedRole),
    )
    expect(taken.every((one) => named.includes(one))).toBe(true)
  })

  it.each([
    '../../evil.mjs',
    '/tmp/evil.mjs',
    'file:///tmp/evil.mjs',
    'data:text/javascript,throw 1',
    'node:child_process',
    '@kshot/core/../../evil',
    '@kshot/%2e%2e',
    '@KSHOT/core',
    '__proto__',
    '',
  ])('names nothing of %j', (name) => {
    for (const [, place] of PLACES) {
      const spec = { package: name, export: 'conv4', options: {} }
      expect(codeOf(() => parseConfig(place(spec)))).toBe('usage/foreign-module')
    }
  })

  it('of whatever shape is taken, or refused with a code', () => {
    const names = oneof(constantFrom<string>(...PACKAGES), string())
    const exports = constantFrom('protonet', 'conv4', 'adam', 'useBackend', 'node', 'constructor')
    const spec = (options: Parameters<typeof dictionary>[1]) =>
      record({
        package: names,
        export: exports,
        options: dictionary(constantFrom('backbone', 'rate', 'filters', 'x'), options),
      })
    const nested = oneof(spec(oneof(spec(anything()), anything())), anything({ maxDepth: 3 }))
    assert(
      property(constantFrom(...PLACES), nested, ([, place], value) => {
        // As it comes out of a file.
        const json = JSON.parse(JSON.stringify(place(value) ?? null))
        expect(codeOf(() => parseConfig(json))).toMatch(/^(taken|(usage|config)\/)/)
      }),
      { numRuns: 200 },
    )
  })
})

describe('a checkpoint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kshot-specs-'))
  const path = join(folder, 'meta.safetensors')
  const learner = protonet({ backbone: conv4({ filters: 2, blocks: 2 }) })
  const { signal } = new AbortController()
  const attempts = {
    eval: () =>
      evaluateCheckpoint({ checkpoint: path, overrides: {}, data: undefined, signal, on: {} }),
    classify: () =>
      classifierFromCheckpoint(
        { checkpoint: path, invert: 'no', unknown: 'auto', allowModule: false },
        async () => {},
      ),
  }
  beforeAll(() => useBackend(cpu()))
  afterAll(() => rmSync(folder, { recursive: true }))

  const evil = (options: Spec['options'] = {}): Spec => ({
    package: '@kshot/core',
    export: 'useBackend',
    options,
  })
  async function written(json: object) {
    const meta = learner.init(rng(1), { inputShape: [28, 28, 1] })
    const train = { steps: 1, episodes: 1, images: 4, stoppedBy: 'steps' }
    const config = parseConfig(sound)
    const whole = { kind: 'meta', learner: learner.spec, config, train, best: null, ...json }
    await writeCheckpointFile(path, { trees: { ...meta }, json: JSON.parse(JSON.stringify(whole)) })
  }

  it.each([
    ['a learner', { learner: evil() }],
    [
      'a net',
      { learner: { ...learner.spec, options: { ...learner.spec.options, backbone: evil() } } },
    ],
    [
      'a net of a net',
      {
        learner: {
          ...learner.spec,
          options: {
            backbone: {
              ...evil(),
              package: '@kshot/core',
              export: 'conv4',
              options: { filters: evil() },
            },
          },
        },
      },
    ],
    [
      'an option that nobody knows',
      { learner: { ...learner.spec, options: { ...learner.spec.options, more: evil() } } },
    ],
  ])('whose spec has something else as %s is not evaluated', async (_, json) => {
    await written(json)
    await expect(attempts.eval()).rejects.toMatchObject({ code: 'spec/not-allowed' })
  })

  it('whose configuration names something else neither evaluates nor classifies', async () => {
    await written({ config: { ...sound, learner: { name: 'spec', ...evil() } } })
    await expect(attempts.eval()).rejects.toMatchObject({ code: 'usage/foreign-module' })
    await expect(attempts.classify()).rejects.toMatchObject({ code: 'usage/foreign-module' })
  })

  it('checks options before anything is built', async () => {
    await written({ learner: { ...learner.spec, options: { ...learner.spec.options, scale: -1 } } })
    await expect(attempts.eval()).rejects.toMatchObject({ code: 'config/bad-value' })
  })
})

it('a module is imported with leave only, wherever it is named', async () => {
  const module = { name: 'module', module: '/tmp/absent.mjs', export: 'default', options: {} }
  await expect(buildLearner({ learner: module as never })).rejects.toMatchObject({
    code: 'usage/foreign-module',
  })
  for (const [role, place] of PLACES.slice(1)) {
    expect([role, codeOf(() => parseConfig(place(module)))]).toEqual([role, 'config/bad-value'])
  }
})

it('builds what it names', async () => {
  const built: MetaLearner = await buildLearner(parseConfig(sound))
  expect(built.spec).toEqual(protonet({ backbone: conv4({ filters: 2, blocks: 2 }) }).spec)
})
