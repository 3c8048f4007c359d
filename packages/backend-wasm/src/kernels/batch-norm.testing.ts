import { grad } from '@kshot/core'
import { batchNormTrain } from '@kshot/core/nn'
import { activate } from '@kshot/testkit'
import {
  add,
  concat,
  mul,
  randomNormal,
  reshape,
  slice,
  sum,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Case, outputs } from './testing'

export interface Normed {
  /** Whether a max-pool follows: `rows` are `[n, h, w]`. */
  readonly pool: boolean
  readonly groups: number
  readonly rows: readonly number[]
  readonly c: number
  readonly relu: boolean
  /** Whether all groups have one γ and β. */
  readonly shared: boolean
}

/** Random cases: rows of any number, or images where a max-pool follows. */
export const normed: fc.Arbitrary<Normed> = fc.boolean().chain((pool) =>
  fc.record({
    pool: fc.constant(pool),
    groups: fc.constantFrom(1, 1, 2, 3),
    rows: fc.oneof(pool ? images(18) : fc.tuple(fc.integer({ min: 2, max: 300 })), images(9)),
    c: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 })),
    relu: fc.boolean(),
    shared: fc.boolean(),
  }),
)

function images(largest: number) {
  const side = fc.integer({ min: 2, max: largest })
  return fc.tuple(fc.integer({ min: 1, max: 4 }), side, side)
}

export const epsilon = 1e-3

type Inputs = { readonly [name: string]: readonly number[] }

export function shapes({ groups, rows, c, shared, pool }: Normed) {
  const group = groups > 1 ? [groups] : []
  const x = [...group, ...rows, c]
  const channels = [...group, c]
  const affine = groups > 1 && shared ? [1, c] : channels
  const [n, h, w] = rows
  const halved = [n!, Math.floor(h! / 2), Math.floor(w! / 2)]
  return { x, y: pool ? [...group, ...halved, c] : x, channels, affine }
}

/** Inputs of the kernel, of that of its derivative, and of that of the derivative of it. */
const names = {
  '': ['x', 'gamma', 'beta'],
  Grad: ['dy', 'x', 'gamma', 'beta', 'mean', 'variance'],
  GradGrad: ['ddx', 'ddgamma', 'ddbeta', 'dy', 'x', 'gamma', 'beta', 'mean', 'variance'],
} as const

export type Part = keyof typeof names
export const parts = Object.keys(names) as Part[]

export function call(part: Part, input: Normed): Case {
  const { x, y, channels, affine } = shapes(input)
  const shapeOf = (name: string) => {
    if (name === 'x' || name === 'ddx') return x
    if (name === 'dy') return y
    return ['gamma', 'beta'].includes(name) ? affine : channels
  }
  const inputs: Inputs = Object.fromEntries(names[part].map((name) => [name, shapeOf(name)]))
  const { groups, relu, pool } = input
  const kernel = `${pool ? 'BatchNormPool' : 'BatchNormTrain'}${part}`
  return { kernel, inputs, attrs: { epsilon, relu, groups } }
}

/** Numbers that depend on the name of the input, so that each kernel of a case is given the same. */
export function draw(name: string, shape: readonly number[]): Tensor {
  const seed = (names.GradGrad as readonly string[]).indexOf(name) + 1
  return randomNormal([...shape], name === 'x' ? 3 : 0.3, 1, 'float32', seed)
}

/** What composed operations give on the cpu backend, group by group. */
export async function expected(part: Part, input: Normed, given = draw): Promise<number[][]> {
  await activate('cpu')
  const results = tidy(() => {
    const { inputs } = call('GradGrad', input)
    const drawn = Object.fromEntries(Object.entries(inputs).map(([k, s]) => [k, given(k, s)]))
    const perGroup = Array.from({ length: input.groups }, (_, g) => {
      const own = Object.fromEntries(
        Object.entries(drawn).map(([k, t]) => [k, group(t, g, input.groups)]),
      )
      return composed(part, own, input)
    })
    return perGroup[0]!.map((_, i) => concat(perGroup.map((outs) => reshape(outs[i]!, [-1]))))
  })
  const values = results.map((x) => [...x.dataSync()])
  for (const x of results) x.dispose()
  return values
}

function group(x: Tensor, g: number, groups: number): Tensor {
  if (groups === 1) return x
  return reshape(slice(x, Math.min(g, x.shape[0]! - 1), 1), x.shape.slice(1))
}

type Named = { readonly [name: string]: Tensor }

function composed(part: Part, inputs: Named, { relu, pool }: Normed): Tensor[] {
  const options = { epsilon, relu, pool: pool ? 2 : 0 }
  const normal = ({ x, gamma, beta }: Named) => batchNormTrain(x!, gamma, beta!, options)
  const { ddx, ddgamma, ddbeta, dy, x, gamma, beta } = inputs as { [name: string]: Tensor }
  if (part === '') {
    const { y, mean, variance } = normal(inputs)
    return [y, mean, variance]
  }
  const backward = ({ dy, ...p }: Named) =>
    grad((q: Named) => sum(mul(dy!, normal(q).y)))({ x: p.x!, gamma: p.gamma!, beta: p.beta! })
  if (part === 'Grad') {
    const slope = backward({ dy: dy!, x: x!, gamma: gamma!, beta: beta! })
    return [slope.x!, slope.gamma!, slope.beta!]
  }
  const twice = grad((p: Named) => {
    const slope = backward(p)
    const dots = [mul(slope.x!, ddx!), mul(slope.gamma!, ddgamma!), mul(slope.beta!, ddbeta!)]
    return dots.map((dot) => sum(dot)).reduce((a, b) => add(a, b))
  })({ dy: dy!, x: x!, gamma: gamma!, beta: beta! })
  expect([...twice.beta!.dataSync()].every((v) => v === 0)).toBe(true)
  return [twice.dy!, twice.x!, twice.gamma!]
}

/** What our kernel gives; the derivatives are given the statistics that the first one took. */
export async function ours(part: Part, input: Normed, drawn = draw) {
  const order = Object.keys(call(part, input).inputs)
  const [, mean, variance] = await outputs('fast', call('', input), (shape, i) =>
    drawn(names[''][i - 1]!, shape),
  )
  return outputs('fast', call(part, input), (shape, i) => {
    const name = order[i - 1]!
    const given = { mean, variance }[name]
    return given ? tensor([...given.values], [...shape]) : drawn(name, shape)
  })
}
