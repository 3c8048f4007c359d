import { wasm } from '@kshot/backend-wasm'
import { leaked } from '@kshot/testkit'
import {
  cast,
  fill,
  ones,
  type Tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  zeros,
} from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { imageEncoder } from './index'
import { rowsOf } from './reference.testing'

const encoder = imageEncoder()
beforeAll(async () => {
  await wasm().activate()
})

const embed = async (...pictures: Tensor[]) =>
  rowsOf((await (await encoder.encode(pictures)).data()) as Float32Array)

function disposed(): Tensor {
  const gone = zeros([2, 2, 3])
  gone.dispose()
  return gone
}

describe('tensors as pictures', () => {
  it('are grey or coloured, bytes or shares of 1', async () => {
    const grey = tensor3d([0, 51, 102, 255], [2, 2, 1], 'int32')
    const coloured = tensor3d(
      [0, 0, 0, 51, 51, 51, 102, 102, 102, 255, 255, 255],
      [2, 2, 3],
      'int32',
    )
    const shares = tensor3d([0, 0.2, 0.4, 1], [2, 2, 1])
    // what a bicubic enlargement overshoots
    const over = tensor3d([-0.04, 0.2, 0.4, 1.04], [2, 2, 1])
    const [a, b, c, d] = await embed(grey, coloured, shares, over)
    expect(b).toEqual(a)
    expect(c).toEqual(a)
    expect(d).toEqual(a)
    expect(a!.some((value) => value > 0.1)).toBe(true)
  })

  it('may be of one pixel, and very long', async () => {
    const [a, b] = await embed(zeros([1, 1, 3]), zeros([1, 3000, 3]))
    expect(b).toEqual(a)
  })

  it.each<[string, () => Tensor, string]>([
    ['a batch', () => zeros([2, 28, 28, 3]), 'tf.unstack'],
    ['a disposed one', disposed, 'Dispose of it only after'],
    ['an alpha channel', () => zeros([28, 28, 4]), 'tf.slice'],
    ['two channels', () => zeros([28, 28, 2]), '[28, 28, 2]'],
    ['no channels', () => tensor2d([[1]]), '[1, 1]'],
    ['a row', () => tensor1d([1]), '[1]'],
    ['no rows', () => zeros([0, 28, 3]), '[0, 28, 3]'],
    ['no columns', () => zeros([28, 0, 3]), '[28, 0, 3]'],
    ['truths', () => cast(ones([2, 2, 1]), 'bool'), 'of bool'],
    ['NaN', () => fill([2, 2, 3], Number.NaN), 'NaN'],
    ['infinity', () => fill([2, 2, 3], Number.POSITIVE_INFINITY), 'Infinity'],
    ['bytes as float32', () => fill([2, 2, 3], 200), `tf.cast(x, 'int32')`],
    ['bytes above 255', () => fill([2, 2, 3], 256, 'int32'), '256'],
    ['bytes below 0', () => fill([2, 2, 3], -1, 'int32'), '-1'],
  ])('are refused: %s', async (_, make, says) => {
    const x = make()
    const left = await leaked(async () => {
      await expect(encoder.encode([ones([4, 4, 3]), x])).rejects.toMatchObject({
        code: 'image-encoder/bad-tensor',
        message: expect.stringContaining(says),
      })
    })
    // the one that is made here for the picture beside it
    expect(left).toBe(1)
    x.dispose()
  })

  it('files are told where they are read', async () => {
    await expect(encoder.encode(['cat.jpg' as never])).rejects.toMatchObject({
      code: 'image-encoder/unknown-input',
      message: expect.stringContaining('@kshot/image-encoder/node'),
    })
  })
})
