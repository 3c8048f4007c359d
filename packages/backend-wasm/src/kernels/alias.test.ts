import { activate } from '@kshot/testkit'
import {
  cast,
  clone,
  logicalAnd,
  logicalNot,
  memory,
  reshape,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { wasm } from '../index'

beforeAll(() => activate(wasm()))

it.each([
  ['clone', clone],
  ['cast', (x: ReturnType<typeof tensor>) => cast(x, 'float32')],
  ['reshape', (x: ReturnType<typeof tensor>) => reshape(x, [2, -1])],
] as const)('%s shares memory, which lives as long as its last user', (_, alias) => {
  const { numTensors, numBytes, numDataBuffers } = memory()
  const x = tensor([1, 2, 3, 4])
  const y = alias(x)
  expect(memory().numDataBuffers).toBe(numDataBuffers + 1)
  x.dispose()
  // were the memory free, this would take it
  const other = tensor([9, 9, 9, 9])
  expect([...y.dataSync()]).toEqual([1, 2, 3, 4])
  for (const t of [y, other]) t.dispose()
  expect(memory()).toMatchObject({ numTensors, numBytes, numDataBuffers })
})

it('casts to other types by value', () => {
  const values = tidy(() => [...cast(tensor([1.5, -2.5, 0]), 'int32').dataSync()])
  expect(values).toEqual([1, -2, 0])
})

it.each([
  ['float32', [2, -0.5, 0, Number.NaN, 256]],
  ['int32', [2, -1, 0, 256, 255]],
] as const)('casts %s to truths, which and, or and where take', (dtype, values) => {
  const truths = tidy(() => {
    const x = cast(tensor(values, [5], dtype), 'bool')
    const always = tensor(Array(5).fill(1), [5], 'bool')
    return [x, logicalAnd(x, always), logicalNot(x)].map((t) => [...t.dataSync()])
  })
  const expected = values.map((v) => (v === 0 ? 0 : 1))
  expect(truths).toEqual([expected, expected, expected.map((v) => 1 - v)])
})

it('refuses another number of elements', () => {
  expect(() => reshape(tensor([1, 2, 3]), [2, 2])).toThrow()
})
