import {
  activation,
  conv4,
  convBlock,
  dense,
  type Episode,
  flatten,
  globalAveragePool,
  type Layer,
  model,
  rng,
  sequential,
  series,
  tree,
} from '@kshot/core'
import {
  activate,
  describeReference,
  learnerSuite,
  type ReferenceCase,
  type ReferenceTree,
  referenceEpisode,
  relativeError,
  testBackends,
  toTensor,
  toyEpisodes,
} from '@kshot/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { type MamlOptions, maml } from './index'

const packages: Record<string, () => Promise<object>> = {
  '@kshot/core': () => import('@kshot/core'),
  '@kshot/maml': () => import('./index'),
}
const load = (name: string) => packages[name]!()
const net = conv4({ filters: 8, blocks: 2 })
const base = { model: net, innerRate: 0.4, steps: 1 }

learnerSuite('maml, shared head', maml({ ...base, head: 'shared' }), { load, gain: 0.08 })
learnerSuite('maml, fixed head', maml({ ...base, head: 'fixed', ways: 3 }), { load, gain: 0.08 })
learnerSuite(
  'first-order maml, support + one',
  maml({ ...base, firstOrder: true, normalisation: { test: 'support+one' } }),
  { load, gain: 0.08 },
)

describe('maml', () => {
  beforeAll(() => activate('cpu'))
  const ctx = { step: 0, rng: rng(0), phase: 'test' as const }

  it('adapts the parameters whose path matches, and no others', () => {
    const learner = maml({ ...base, head: 'fixed', ways: 3, adapts: '^head/' })
    const tasks = toyEpisodes({ ways: 3, shots: 1, queries: 1 })
    const meta = learner.init(rng(1), tasks.taskSpec)
    const { params } = learner.adapt(meta, (tasks(0) as Episode).support, ctx) as {
      readonly [part: string]: tree.Params
    }
    const before = tree.leaves(meta.params)
    for (const [i, [path, tensor]] of tree.flatten(params!).entries()) {
      const moved = relativeError(tensor.dataSync(), before[i]!.dataSync()) > 0
      expect(moved, path).toBe(path.startsWith('head/'))
    }
  })

  it('refuses options that are none, and tasks that its head does not fit', () => {
    expect(() => maml({ ...base, innerRate: -1 })).toThrow('innerRate')
    expect(() => maml({ ...base, steps: 1.5 })).toThrow('steps')
    expect(() => maml({ ...base, head: 'fixed' })).toThrow('ways')
    const learner = maml({ ...base, head: 'fixed', ways: 5 })
    const { taskSpec } = toyEpisodes({ ways: 3, shots: 1, queries: 1 })
    expect(() => learner.init(rng(1), taskSpec)).toThrow('a task of 3 classes. Expected: 5 classes')
  })
})

describeReference('maml against PyTorch float64', ['maml', 'anil'], (cases) => {
  const runs = cases.flatMap((c) =>
    c.expected.map((expected) => [c.name, expected.steps, c, expected] as const),
  )
  describe.each(testBackends)('on %s', (backend) => {
    beforeAll(() => activate(backend))

    it.each(runs)(
      '%s, %i steps: meta-loss, second- and first-order meta-gradient',
      async (_, steps, c, expected) => {
        const second = await metaGradient(c, { steps })
        const first = await metaGradient(c, { steps, firstOrder: true })
        expect(relativeError([second.loss], [expected.metaLoss])).toBeLessThan(1e-4)
        expectClose(second.gradient, ordered(c, expected.secondOrder))
        expectClose(first.gradient, ordered(c, expected.firstOrder))
        // so that the check cannot pass by accident
        expect(relativeError(second.gradient.flat(), first.gradient.flat())).toBeGreaterThan(1e-3)
      },
    )
  })
})

async function metaGradient(c: ReferenceCase, options: Pick<MamlOptions, 'steps' | 'firstOrder'>) {
  const ways = c.config.way as number | undefined
  const head = ways ? ({ head: 'fixed', ways } as const) : ({ head: 'none' } as const)
  const learner = maml({
    ...adaptsOf(c),
    model: netOf(c),
    ...head,
    innerRate: c.config.innerLr as number,
    ...options,
  })
  const tasks = c.tasks.map((task) => referenceEpisode(task, ways))
  const inputShape = tasks[0]!.support.x.shape.slice(1)
  const { params, state } = learner.init(rng(0), { inputShape, ...(ways && { ways }) })
  const meta = { params: tree.unflatten(params, ordered(c, c.params)), state }
  const ctx = { step: 0, rng: rng(0), phase: 'train' as const }
  const result = await sequential().metaGradient(learner, meta, tasks, ctx)
  return {
    loss: result.loss.dataSync()[0]!,
    gradient: tree.leaves(result.gradient).map((g) => [...g.dataSync()]),
  }
}

/** ANIL: 'w3' and 'b3' are the parameters of the net's fifth layer. */
function adaptsOf({ config }: ReferenceCase) {
  const names = config.adapted as string[] | undefined
  return names ? { adapts: names.map((name) => `^body/${2 * Number(name[1]) - 2}/`).join('|') } : {}
}

function expectClose(actual: number[][], expected: ReturnType<typeof ordered>) {
  const wanted = expected.map((tensor) => [...tensor.dataSync()])
  const largest = Math.max(...wanted.flat().map(Math.abs))
  for (const [i, values] of wanted.entries()) {
    const scaled = (list: number[]) => list.map((v) => v / largest)
    // relative to the largest entry of the whole gradient: some biases have none
    expect(
      Math.max(...scaled(actual[i]!).map((v, k) => Math.abs(v - scaled(values)[k]!))),
    ).toBeLessThan(1e-4)
  }
}

function netOf({ config }: ReferenceCase) {
  const layers: Layer[] = []
  if (config.net === 'mlp') {
    const widths = config.widths as number[]
    for (const [i, units] of widths.slice(1).entries()) {
      layers.push(dense({ units }))
      if (i < widths.length - 2) layers.push(activation(config.activation as 'relu'))
    }
  } else {
    const stride = config.net === 'conv-finn' ? 2 : 1
    const options = { filters: config.filters as number, eps: config.eps as number, stride }
    const block = () => convBlock({ ...options, pool: stride === 2 ? 0 : 2 })
    layers.push(block(), block(), stride === 2 ? globalAveragePool() : flatten())
  }
  return model('referenceNet', {}, series(layers))
}

/** The reference's flat names in the order of the learner's tree. */
function ordered({ config }: ReferenceCase, values: ReferenceTree) {
  const names =
    config.net === 'mlp'
      ? [1, 2, 3].flatMap((k) => [`b${k}`, `w${k}`])
      : [1, 2]
          .flatMap((k) => [`conv${k}.b`, `conv${k}.w`, `bn${k}.beta`, `bn${k}.gamma`])
          .concat('head.b', 'head.w')
  return names.map((name) => toTensor(values[name]!))
}
