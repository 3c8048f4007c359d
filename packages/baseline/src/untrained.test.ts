import { conv4, disposeTask, embeddings, metaTrain, sgd, tree } from '@kshot/core'
import {
  activate,
  codeOf,
  learnerSuite,
  relativeError,
  testBackends,
  toyEpisodes,
} from '@kshot/testkit'
import { tensor2d } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { nearestCentroid, nearestNeighbours } from './index'
import { blank, load, supportOf, testing } from './testing'

const pixels = embeddings()
const net = conv4({ filters: 8, blocks: 2 })

learnerSuite('nearest centroid', nearestCentroid({ backbone: pixels }), { load })
learnerSuite('nearest centroid, a net as drawn', nearestCentroid({ backbone: net }), {
  load,
  gain: 0.05,
})
learnerSuite('nearest neighbours', nearestNeighbours({ backbone: pixels }), { load })
learnerSuite('nearest neighbours, a net as drawn', nearestNeighbours({ backbone: net, k: 1 }), {
  load,
  gain: 0.05,
})

describe.each(testBackends)('nearest centroid on %s', (backend) => {
  beforeAll(() => activate(backend))
  const learner = nearestCentroid({ backbone: pixels })
  const judge = (support: ReturnType<typeof supportOf>, rows: number[][]) =>
    learner
      .predict(blank, learner.adapt(blank, support, testing()), tensor2d(rows), testing())
      .arraySync() as number[][]

  it('takes the mean of each class, with uneven shots, and negative squared distances', () => {
    const rows = [
      [0, 0],
      [2, 0],
      [4, 3],
      [1, 3],
    ]
    const logits = judge(supportOf(rows, [0, 0, 1, 0], 2), [
      [1, 1],
      [4, 4],
    ])
    expect(relativeError(logits.flat(), [0, -13, -18, -1])).toBeLessThan(1e-6)
  })

  it('never predicts a class without examples', () => {
    const [row] = judge(supportOf([[5, 5]], [1], 3), [[0, 0]])
    expect(row![1]).toBeCloseTo(-50, 4)
    for (const label of [0, 2]) expect(row![label]).toBeLessThan(-1e8)
    expect(row!.every(Number.isFinite)).toBe(true)
  })
})

describe.each(testBackends)('nearest neighbours on %s', (backend) => {
  beforeAll(() => activate(backend))
  /** Unit vectors at these degrees: similarity is the cosine of the angle between. */
  const at = (...degrees: number[]) =>
    degrees.map((d) => [3 * Math.cos((d * Math.PI) / 180), 3 * Math.sin((d * Math.PI) / 180)])
  const shares = (k: number, degrees: number[], labels: number[], ways: number, query: number) => {
    const learner = nearestNeighbours({ backbone: pixels, k })
    const memory = learner.adapt(blank, supportOf(at(...degrees), labels, ways), testing())
    const logits = learner.predict(blank, memory, tensor2d(at(query)), testing())
    return [...logits.dataSync()].map((logit) => Math.exp(logit))
  }

  it('is the logarithm of the shares of votes, but for what decides ties', () => {
    const found = shares(3, [0, 10, 20, 90, 100], [0, 1, 0, 1, 2], 3, 5)
    expect(found).toEqual([2 / 3, 1 / 3, 0].map((share) => expect.closeTo(share, 2)))
    const tie = (degrees: number) => 0.01 * Math.exp(Math.cos((degrees * Math.PI) / 180) - 1)
    const exact = [2 + tie(5), 1 + tie(5), tie(95)].map((votes) => votes / 3)
    expect(relativeError(found, exact)).toBeLessThan(1e-4)
  })

  it('lets votes count more than nearness', () => {
    const [first, second] = shares(3, [0, 30, 31], [0, 1, 1], 2, 1)
    expect(second).toBeGreaterThan(first!)
  })

  it('decides between equal votes by the nearest example, where there is one a class', () => {
    const found = shares(3, [40, 20, 60], [0, 1, 2], 3, 22)
    expect(found.indexOf(Math.max(...found))).toBe(1)
  })

  it('lets all vote where the support set is smaller than k', () => {
    const all = shares(50, [0, 10, 20, 90], [0, 1, 1, 1], 2, 0)
    expect(all).toEqual([1 / 4, 3 / 4].map((share) => expect.closeTo(share, 2)))
  })

  it('is finite for a class without examples, and an example without ink', () => {
    const learner = nearestNeighbours({ backbone: pixels })
    const support = supportOf([[0, 0], ...at(10)], [0, 2], 4)
    const memory = learner.adapt(blank, support, testing())
    const logits = learner.predict(blank, memory, tensor2d([[0, 0], ...at(20)]), testing())
    const [, row] = logits.arraySync() as number[][]
    expect([...logits.dataSync()].every(Number.isFinite)).toBe(true)
    expect(Math.max(...row!)).toBe(row![2])
    expect(row![1]).toBeLessThan(row![0]!)
  })

  it('refuses a k that is none', () => {
    for (const k of [0, -1, 2.5, Number.NaN]) {
      expect(codeOf(() => nearestNeighbours({ backbone: pixels, k }))).toBe('baseline/bad-option')
    }
  })
})

describe.each([
  ['nearest centroid', nearestCentroid({ backbone: net })],
  ['nearest neighbours', nearestNeighbours({ backbone: net })],
] as const)('%s on wasm', (_, learner) => {
  beforeAll(() => activate('wasm'))
  const tasks = toyEpisodes({ ways: 3, shots: 2, queries: 2 })

  it('takes no step, asks for no task, and leaves what was drawn', async () => {
    let asked = 0
    const counted = Object.assign(
      (index: number) => {
        asked++
        return tasks(index)
      },
      { spec: tasks.spec, taskSpec: tasks.taskSpec },
    )
    const options = { learner, optimizer: sgd(1), tasks: counted, steps: 100, seed: 4 }
    const [a, b] = [await metaTrain(options), await metaTrain(options)]
    expect({ asked, stoppedBy: a.stoppedBy }).toEqual({ asked: 0, stoppedBy: 'steps' })
    expect(a.state).toMatchObject({ step: 0, tasks: 0, examples: 0 })
    expect(tree.count(a.meta.params)).toBeGreaterThan(0)
    expect(await tree.equal({ ...a.meta }, { ...b.meta })).toBe(true)
    disposeTask([a.meta, a.state, b.meta, b.state])
  })
})
