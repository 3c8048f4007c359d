import { codeOf } from '@kshot/testkit'
import { expect, it } from 'vitest'
import { decodeCheckpoint } from './checkpoint'
import { encodeSafetensors, type StoredTensor } from './safetensors'
import { seal, unsealed } from './seal'
import { checkWeights, decodeWeights } from './weights'

const bytesOf = (values: ArrayBufferView) => new Uint8Array(values.buffer)
const file = (...tensors: StoredTensor[]) =>
  seal(encodeSafetensors(tensors, { ...unsealed, made: 'here' }))
const tensor = (
  path: string,
  dtype: StoredTensor['dtype'],
  shape: number[],
  values: ArrayBufferView,
): StoredTensor => ({ path, dtype, shape, bytes: bytesOf(values) })

const whole = () =>
  file(
    tensor('wide', 'float32', [2], Float32Array.of(1.5, -0.1)),
    tensor(
      'half',
      'float16',
      [7],
      Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x03ff, 0x7bff, 0x8000, 0x3555),
    ),
    tensor('narrow', 'int8', [2, 2], Int8Array.of(127, -127, 1, -1)),
    tensor('narrow.scale', 'float32', [2], Float32Array.of(0.5, 2)),
  )

it('widens float16 and scaled int8', () => {
  const { weights, metadata } = decodeWeights(whole())
  const values = Object.fromEntries(
    Object.entries(weights).map(([name, w]) => [name, [...w.values]]),
  )
  expect(values).toEqual({
    wide: [1.5, Math.fround(-0.1)],
    half: [1, -2, 2 ** -24, 1023 * 2 ** -24, 65504, -0, 0.333251953125],
    narrow: [63.5, -254, 0.5, -2],
  })
  expect(weights.narrow!.shape).toEqual([2, 2])
  expect(metadata.made).toBe('here')
})

it('widens infinities and NaN', () => {
  const { weights } = decodeWeights(
    file(tensor('x', 'float16', [3], Uint16Array.of(0x7c00, 0xfc00, 0x7e00))),
  )
  expect([...weights.x!.values]).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ])
})

it('refuses a changed byte, int8 without its scales, and types that are no weights', () => {
  const bytes = whole()
  bytes[bytes.length - 1]! ^= 1
  expect(codeOf(() => decodeWeights(bytes))).toBe('checkpoint/damaged')
  const bare = tensor('x', 'int8', [2], Int8Array.of(1, 2))
  const other = tensor('x.scale', 'float32', [3], Float32Array.of(1, 2, 3))
  for (const tensors of [[bare], [bare, other], [tensor('x', 'int32', [1], Int32Array.of(1))]]) {
    expect(codeOf(() => decodeWeights(file(...tensors)))).toBe('checkpoint/damaged')
  }
})

it('is no checkpoint, whose tensors are as wide as those of TensorFlow.js', () => {
  const kshot = JSON.stringify({ format: 1, json: null, trees: { x: 't' } })
  const half = tensor('x', 'float16', [1], Uint16Array.of(0x3c00))
  const bytes = seal(encodeSafetensors([half], { ...unsealed, kshot }))
  expect(codeOf(() => decodeCheckpoint(bytes))).toBe('checkpoint/damaged')
})

it('are checked by name, shape and number', () => {
  const { weights } = decodeWeights(whole())
  const code = (shapes: { [name: string]: number[] }) => codeOf(() => checkWeights(weights, shapes))
  expect(code({ wide: [2], half: [7], narrow: [2, 2] })).toBeUndefined()
  expect(code({ toString: [] })).toBe('checkpoint/damaged')
  expect(code({ wide: [1, 2] })).toBe('checkpoint/damaged')
  weights.wide!.values[1] = Number.NaN
  expect(code({ wide: [2] })).toBe('checkpoint/damaged')
})
