import { activate, relativeError } from '@kshot/testkit'
import {
  type Attribute,
  engine,
  memory,
  type NamedTensorMap,
  randomNormal,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { expect } from 'vitest'
import { wasm } from '../index'

/** A call of a kernel on random numbers. */
export interface Case {
  readonly kernel: string
  /** Shapes by the name of the input; the numbers are drawn from a normal distribution. */
  readonly inputs: { readonly [name: string]: readonly number[] }
  readonly attrs?: object
}

type Values = { readonly shape: readonly number[]; readonly values: readonly number[] }

export const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

const backends = { fast: wasm(), exact: wasm({ kernels: 'exact' }) }

/** The outputs of a kernel on one backend, which must leave no tensor behind. */
export async function outputs(
  on: 'cpu' | keyof typeof backends,
  { kernel, inputs, attrs = {} }: Case,
  draw: (shape: readonly number[], seed: number) => Tensor = normal,
): Promise<Values[]> {
  await activate(on === 'cpu' ? 'cpu' : backends[on])
  const before = memory().numTensors
  const values = tidy(() => {
    const tensors = Object.entries(inputs).map(([name, shape], i) => [name, draw(shape, i + 1)])
    const named = Object.fromEntries(tensors) as NamedTensorMap
    const result = engine().runKernel(kernel, named, attrs as { [name: string]: Attribute })
    return [result].flat() as Tensor[]
  })
  const read = values.map((x) => ({ shape: x.shape, values: [...x.dataSync()] }))
  for (const x of values) x.dispose()
  expect(memory().numTensors).toBe(before)
  return read
}

function normal(shape: readonly number[], seed: number): Tensor {
  return randomNormal([...shape], 0, 1, 'float32', seed)
}

/** Our kernel gives what the cpu backend gives, and the same bytes twice. */
export async function sameAsCpu(
  on: keyof typeof backends,
  call: Case,
  { tolerance = 1e-5, draw = normal, cpu = call } = {},
): Promise<void> {
  const expected = await outputs('cpu', cpu, draw)
  const actual = await outputs(on, call, draw)
  expect(actual.map((x) => x.shape)).toEqual(expected.map((x) => x.shape))
  actual.forEach((x, i) => {
    expect(relativeError(x.values, expected[i]!.values, 1)).toBeLessThan(tolerance)
  })
  expect(await outputs(on, call, draw)).toEqual(actual)
}

/** A property of random cases. */
export function holds<T>(cases: fc.Arbitrary<T>, property: (input: T) => Promise<void>, runs = 60) {
  return fc.assert(fc.asyncProperty(cases, property), { numRuns: runs })
}
