import { type Classifier, createClassifier, customEncoder, rng } from '@kshot/core'
import type { Support } from '@kshot/core/head'
import { activate, leaked, testBackends } from '@kshot/testkit'
import {
  cast,
  memory,
  oneHot,
  scalar,
  type Tensor2D,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { logisticDuals, logisticHead, ridgeHead, ridgeWeights, svmDuals, svmHead } from '../index'
import { logisticSolver } from './logistic-head'
import { type Problem, problemOf } from './problem'
import { ridgeSolver } from './ridge-head'
import { svmSolver } from './svm-head'

/** Points of d numbers around a centre per class, as an encoder of things would give them. */
function world({ d = 32, seed = 1, noise = 0.55 } = {}) {
  const random = rng(seed)
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
  const vector = (scale: number) => Float32Array.from({ length: d }, () => scale * normal())
  const common = vector(0.6)
  const centres = Array.from({ length: 40 }, () => vector(1).map((v, j) => v + common[j]!))
  return {
    draw: (k: number) => centres[k]!.map((v) => v + noise * normal()),
    noise: () => vector(1.2),
    encoder: customEncoder<Float32Array>({ name: 'points', dimensions: d, encode: (x) => x }),
  }
}

function supportOf(counts: readonly number[], options = {}): Support {
  const { draw } = world({ noise: 1.5, ...options })
  let id = 0
  const classes = counts.map((count, k) =>
    Array.from({ length: count }, () => ({ id: id++, values: draw(k) })),
  )
  return { shape: [classes[0]![0]!.values.length], classes }
}

function without({ shape, classes }: Support, i: number): Support {
  let next = 0
  return { shape, classes: classes.map((list) => list.filter(() => next++ !== i)) }
}

/** `[ways][n]` of a tensor `[n, ways]`. */
async function byClass(x: Tensor2D): Promise<number[][]> {
  const rows = await x.array()
  return rows[0]!.map((_, k) => rows.map((row) => row[k]!))
}

function expectClose(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[], by = 1e-4) {
  const differences = a.flatMap((row, k) => Array.from(row, (v, i) => Math.abs(v - b[k]![i]!)))
  expect(Math.max(...differences)).toBeLessThan(by)
}

describe('the optimum in plain numbers is that of the differentiable heads', () => {
  beforeAll(() => activate('cpu'))
  const problem = problemOf(supportOf([4, 4, 4]))
  const { n, ways } = problem
  const labels = () =>
    cast(oneHot(tensor1d(Array.from(problem.labels), 'int32'), ways), 'float32') as Tensor2D
  const kernel = (ridge = 0) =>
    tensor2d(
      Array.from(problem.kernel, (v, i) => (i % (n + 1) === 0 ? v + ridge : v)),
      [n, n],
    )

  it('ridge', async () => {
    const withBias = problem.rows.map((row) => [...row, 1])
    const z = tensor2d(withBias)
    const targets = tensor2d(
      Array.from(problem.labels, (label) =>
        Array.from({ length: ways }, (_, k) => Number(k === label) - 1 / ways),
      ),
    )
    const expected = await byClass(ridgeWeights(z, targets, scalar(0.7)))
    const alpha = ridgeSolver.solve(problem, 0.7)
    const weights = alpha.map((a) =>
      withBias[0]!.map((_, j) => a.reduce((sum, v, i) => sum + v * withBias[i]![j]!, 0)),
    )
    expectClose(weights, expected)
  })

  it.each([0.3, 3, 30])('logistic, C = %f', async (c) => {
    const expected = await byClass(logisticDuals(kernel(), labels(), scalar(1 / c)))
    // Relative to C, the most that a coefficient can be.
    const alpha = logisticSolver.solve(problem, c).map((row) => row.map((v) => v / c))
    expectClose(
      alpha,
      expected.map((row) => row.map((v) => v / c)),
    )
  })

  it.each([0.1, 0.5])('svm, C = %f', async (c) => {
    const ridged: Problem = { ...problem, kernel: Float64Array.from(await kernel(1).data()) }
    expectClose(svmSolver.solve(ridged, c), await byClass(svmDuals(kernel(1), labels(), c)))
  })
})

describe.each([
  ['ridge', ridgeSolver],
  ['logistic', logisticSolver],
  ['svm', svmSolver],
])('%s', (_, solver) => {
  it('scores an example as if it had been fitted without it', () => {
    const support = supportOf([4, 6, 3])
    const problem = problemOf(support)
    const strength = solver.usual
    for (const i of [0, 5, 12]) {
      const [scores] = solver.scoresWithout(problem, strength, [i])
      // The weights of the examples stay what they were, so only classes of their number compare.
      const rest = problemOf(without(support, i))
      const kept = Array.from(problem.weights).filter((_, j) => j !== i)
      const alpha = solver.solve({ ...rest, weights: Float64Array.from(kept) }, strength)
      const others = Array.from({ length: problem.n }, (_, j) => j).filter((j) => j !== i)
      const refitted = alpha.map((a) =>
        a.reduce((sum, v, j) => sum + v * problem.kernel[i * problem.n + others[j]!]!, 0),
      )
      // What is only compared is found roughly.
      expectClose([scores!], [refitted], 0.15)
    }
  })
})

const heads = [
  ['ridge', ridgeHead],
  ['logistic', logisticHead],
  ['svm', svmHead],
] as const

describe.each(heads)('a classifier by the %s head', (name, makeHead) => {
  beforeAll(() => activate('cpu'))

  async function taught(counts: readonly number[], options = {}, drawnAs = {}) {
    const { encoder, ...of } = world(drawnAs)
    const classifier = await createClassifier<Float32Array>({
      encoder,
      head: makeHead(),
      ...options,
    })
    for (const [k, count] of counts.entries()) {
      await classifier.addExamples(
        k,
        Array.from({ length: count }, () => of.draw(k)),
      )
    }
    return { classifier, ...of }
  }

  async function shareTold(
    classifier: Classifier<Float32Array>,
    queries: Float32Array[],
    label: (i: number) => unknown,
  ) {
    const told = await classifier.predictMany(queries)
    return told.filter((one, i) => one.label === label(i)).length / queries.length
  }

  it.each([
    [1, 0.75],
    [2, 0.9],
    [5, 0.9],
  ])(
    'tells labels by %i examples each, and turns strangers and noise away',
    async (shots, most) => {
      const { classifier, draw, noise } = await taught(Array(5).fill(shots))
      const many = (make: (i: number) => Float32Array) =>
        Array.from({ length: 100 }, (_, i) => make(i))
      const members = many((i) => draw(i % 5))
      const strangers = many((i) => draw(10 + (i % 30)))
      expect(await shareTold(classifier, members, (i) => i % 5)).toBeGreaterThan(most)
      expect(await shareTold(classifier, strangers, () => null)).toBeGreaterThan(0.75)
      expect(await shareTold(classifier, many(noise), () => null)).toBeGreaterThan(0.95)
    },
  )

  it('is as right as it is sure: the calibration error is at most 0.07', async () => {
    const told: { confidence: number; right: boolean }[] = []
    for (let seed = 1; seed <= 5; seed++) {
      const { classifier, draw } = await taught(
        Array(6).fill(6),
        { unknown: false },
        { seed, noise: 2 },
      )
      const answers = await classifier.predictMany(
        Array.from({ length: 240 }, (_, i) => draw(i % 6)),
      )
      answers.forEach(({ label, confidence }, i) => {
        told.push({ confidence, right: label === i % 6 })
      })
    }
    const error = Array.from({ length: 10 }, (_, bin) => {
      const inside = told.filter(
        ({ confidence }) => Math.min(Math.floor(confidence * 10), 9) === bin,
      )
      return (
        Math.abs(inside.reduce((sum, one) => sum + one.confidence - Number(one.right), 0)) /
        told.length
      )
    })
    expect(error.reduce((a, b) => a + b, 0)).toBeLessThan(0.07)
  })

  it('gives a class of one example its share beside a class of fifteen', async () => {
    let found = 0
    for (let seed = 1; seed <= 10; seed++) {
      const { classifier, draw } = await taught([15, 1], { unknown: false }, { seed, noise: 1.2 })
      found += await shareTold(
        classifier,
        Array.from({ length: 10 }, () => draw(1)),
        () => 1,
      )
    }
    expect(found / 10).toBeGreaterThan(0.7)
  })

  it('saves and loads, and refuses what another head saved', async () => {
    const { encoder } = world()
    const { classifier, draw } = await taught([3, 1, 2], { encoder })
    const again = await createClassifier({ encoder, head: makeHead() })
    await again.load(await classifier.save())
    const query = draw(1)
    expect(await again.predict(query)).toEqual(await classifier.predict(query))
    await again.addExample(7, draw(7))
    expect((await again.predict(draw(7))).label).toBe(7)
    const other = await createClassifier({ encoder })
    await expect(other.load(await classifier.save())).rejects.toMatchObject({
      code: 'checkpoint/other-model',
    })
  })

  it('finds the mislabelled example, leaves no tensor behind and sees what was added', async () => {
    const left = await leaked(async () => {
      const { classifier, draw } = await taught([5, 5, 5])
      const wrong = await classifier.addExample(2, draw(0))
      expect((await classifier.check()).suspects.map(({ id }) => id)).toEqual([wrong])
      classifier.removeExample(wrong)
      await classifier.predict(draw(0))
      const held = memory().numTensors
      for (let round = 0; round < 5; round++) {
        const id = await classifier.addExample(3, draw(3))
        expect((await classifier.predict(draw(3))).label).toBe(3)
        classifier.removeExample(id)
        expect((await classifier.predict(draw(3))).ranking).toHaveLength(3)
      }
      expect(memory().numTensors).toBe(held)
      classifier.dispose()
    })
    expect(left).toBe(0)
  })

  it.each([0, -1, Number.NaN])('refuses the strength %f', (value) => {
    expect(() => makeHead({ c: value, lambda: value })).toThrow(name === 'ridge' ? 'lambda' : 'c ')
  })
})

describe('the backend', () => {
  it('changes nothing but roundings', async () => {
    const confidences = []
    for (const backend of testBackends) {
      await activate(backend)
      const { encoder, draw } = world()
      const classifier = await createClassifier({ encoder, head: svmHead({ c: 1 }) })
      for (const k of [0, 1, 2]) await classifier.addExamples(k, [draw(k), draw(k)])
      const { label, ranking } = await classifier.predict(draw(2))
      expect(label).toBe(2)
      confidences.push(ranking.map((one) => one.confidence))
    }
    expectClose(confidences.slice(1), confidences.slice(0, -1))
  })
})
