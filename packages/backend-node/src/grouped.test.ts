import {
  GroupedConv2D,
  GroupedConv2DBackpropFilter,
  GroupedConv2DBackpropInput,
} from '@kshot/core/backend'
import { activate, relativeError } from '@kshot/testkit'
import {
  addN,
  backend_util,
  concat,
  engine,
  randomNormal,
  reshape,
  setBackend,
  slice,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { node } from './index'

type Four = [number, number, number, number]

interface Case {
  readonly groups: number
  /** The input, if any, that all groups have in common. */
  readonly common: 'x' | 'filter' | 'dy' | 'none'
  readonly x: Four
  readonly filter: Four
  readonly strides: [number, number]
  readonly pad: 'valid' | 'same' | backend_util.ExplicitPadding
}

const few = (min: number, max: number) => fc.integer({ min, max })
const pads: fc.Arbitrary<Case['pad']> = fc.oneof(
  fc.constantFrom('same' as const, 'valid' as const),
  fc.tuple(few(0, 3), few(0, 3), few(0, 3), few(0, 3)).map(
    ([t, b, l, r]): backend_util.ExplicitPadding => [
      [0, 0],
      [t, b],
      [l, r],
      [0, 0],
    ],
  ),
)
const cases: fc.Arbitrary<Case> = fc
  .record({
    groups: few(1, 4),
    common: fc.constantFrom('x' as const, 'filter' as const, 'dy' as const, 'none' as const),
    x: fc.tuple(few(1, 4), few(1, 9), few(1, 9), few(1, 7)),
    kernel: fc.tuple(few(1, 4), few(1, 4), few(1, 7)),
    strides: fc.tuple(few(1, 3), few(1, 3)),
    pad: pads,
  })
  .map(({ kernel: [h, w, o], ...rest }) => ({ ...rest, filter: [h, w, rest.x[3], o] as Four }))
  .filter((given) => outShape(given).every((side) => side > 0))

function outShape({ x, filter, strides, pad }: Case): Four {
  return backend_util.computeConv2DInfo(x, filter, strides, 1, pad).outShape
}

/** The convolution and its two derivatives: grouped, and of one group as TensorFlow.js has it. */
const KERNELS = [
  [GroupedConv2D, 'Conv2D', ['x', 'filter']],
  [GroupedConv2DBackpropInput, 'Conv2DBackpropInput', ['dy', 'filter']],
  [GroupedConv2DBackpropFilter, 'Conv2DBackpropFilter', ['x', 'dy']],
] as const

type Run = (kernel: string, inputs: readonly Tensor[], attrs: object) => Tensor

/** The largest of the errors of the three, relative to another way to compute them. */
function errorOf(
  given: Case,
  other: (kind: number, values: Tensor[], run: Run) => Tensor[],
): number {
  const shapes = { x: given.x, filter: given.filter, dy: outShape(given) }
  const errors = KERNELS.map(([grouped, , names], kind) => {
    const values = names.map((name, i) => {
      const shape = [name === given.common ? 1 : given.groups, ...shapes[name]]
      return randomNormal(shape, 0, 1, 'float32', i + 1)
    })
    const run: Run = (kernel, inputs, attrs) => {
      const named = names.map((name, i) => [name, inputs[i]!])
      return engine().runKernel(kernel, Object.fromEntries(named), attrs as never) as Tensor
    }
    const numbers = (f: () => Tensor[]) => tidy(() => f().flatMap((y) => [...y.dataSync()]))
    const wanted = numbers(() => other(kind, values, run))
    setBackend('node')
    const got = numbers(() => [run(grouped, values, attrsOf(given))])
    for (const value of values) value.dispose()
    return relativeError(got, wanted)
  })
  return Math.max(...errors)
}

function attrsOf({ strides, pad, x, filter }: Case) {
  const common = { strides, pad, dilations: 1, dataFormat: 'NHWC' }
  return { ...common, inputShape: x, filterShape: filter }
}

/** One group after the other, on the cpu backend. */
const onCpu = (given: Case) => (kind: number, values: Tensor[], run: Run) => {
  setBackend('cpu')
  return Array.from({ length: Math.max(...values.map(({ shape }) => shape[0]!)) }, (_, group) => {
    const inputs = values.map((all) => part(all, group))
    return run(KERNELS[kind]![1], inputs, attrsOf(given))
  })
}

/** One image after the other, which is few numbers; the derivative in the filter is their sum. */
const byImage = (given: Case) => (kind: number, values: Tensor[], run: Run) => {
  const [grouped, , names] = KERNELS[kind]!
  const one = { ...given, x: [1, ...given.x.slice(1)] as Four }
  const results = Array.from({ length: given.x[0] }, (_, image) => {
    const inputs = values.map((all, i) =>
      names[i] === 'filter' ? all : slice(all, [0, image], [-1, 1]),
    )
    return run(grouped, inputs, attrsOf(one))
  })
  return [kind === 2 ? addN(results) : concat(results, 1)]
}

function part(all: Tensor, group: number): Tensor {
  const [groups, ...shape] = all.shape
  return reshape(slice(all, groups === 1 ? 0 : group, 1), shape)
}

const { available } = await node().available()

describe.skipIf(!available)('convolutions of groups, against the cpu backend', () => {
  beforeAll(async () => {
    await activate('cpu')
    await activate(node())
  })

  it('of a few numbers, whatever their shapes', () => {
    fc.assert(
      fc.property(cases, (given) => {
        expect(errorOf(given, onCpu(given))).toBeLessThan(1e-5)
      }),
      { numRuns: 60 },
    )
  })

  // a product of matrices, an operation of TensorFlow's, one of oneDNN's: which runs depends on the size
  it.each([
    ['as products of matrices', [2, 14, 14, 32], 32],
    ['by TensorFlow', [9, 14, 14, 64], 16],
    ['by oneDNN', [9, 14, 14, 64], 48],
  ] as const)('of many numbers, %s', (_, x, filters) => {
    const large: Case = {
      groups: 2,
      common: 'none',
      strides: [1, 1],
      pad: 'same',
      x: [...x],
      filter: [3, 3, x[3], filters],
    }
    expect(errorOf(large, byImage(large))).toBeLessThan(1e-5)
  })
})
