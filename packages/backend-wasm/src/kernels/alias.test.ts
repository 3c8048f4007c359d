import { activate } from '@kshot/testkit'
import { cast, clone, memory, reshape, tensor, tidy } from '@tensorflow/tfjs-core'
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

it('refuses another number of elements', () => {
  expect(() => reshape(tensor([1, 2, 3]), [2, 2])).toThrow()
})
