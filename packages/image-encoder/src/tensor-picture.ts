import type { Tensor } from '@tensorflow/tfjs-core'
import { badTensor } from './errors'
import type { Pixels } from './resize'

/** Bicubic enlargement, as of `tf.image`, overshoots a little; what is further off is another range. */
const SLACK = 0.1

export function isTensor(input: unknown): input is Tensor {
  const { dataId, shape, data } = (input ?? {}) as Partial<Tensor>
  return typeof dataId === 'object' && Array.isArray(shape) && typeof data === 'function'
}

/**
 * A tensor `[h, w, 1 or 3]`, int32 of 0 to 255 or float32 of 0 to 1, as pixels.
 * @throws `image-encoder/bad-tensor`
 */
export async function tensorPixels(x: Tensor): Promise<Pixels> {
  checkShape(x)
  const [height, width, channels] = x.shape as [number, number, 1 | 3]
  // int32 of the cpu backend may lie in floats, so it is looked at as it is
  const values = await x.data()
  const most = x.dtype === 'int32' ? 255 : 1
  const slack = x.dtype === 'int32' ? 0 : SLACK
  for (let i = 0; i < values.length; i++) {
    // NaN compares false
    if (!(values[i]! >= -slack && values[i]! <= most + slack)) throw outOfRange(x, values[i]!)
  }
  const data = most === 1 ? Uint8ClampedArray.from(values, (value) => value * 255) : values
  return { width, height, channels, data }
}

function checkShape({ shape, dtype, isDisposed }: Tensor): void {
  if (isDisposed) throw badTensor('a disposed tensor', 'Dispose of it only after the call')
  const text = `[${shape.join(', ')}] of ${dtype}`
  if (shape.length === 4) {
    throw badTensor(text, 'Pass its pictures one by one: encode(tf.unstack(batch))')
  }
  const channels = shape[2]
  if (channels === 4)
    throw badTensor(text, 'Leave the alpha channel out: tf.slice(x, 0, [-1, -1, 3])')
  const pixels = shape[0]! * shape[1]!
  if (shape.length !== 3 || (channels !== 1 && channels !== 3) || pixels === 0) {
    throw badTensor(text, 'Reshape it')
  }
  if (dtype !== 'int32' && dtype !== 'float32')
    throw badTensor(text, `Cast it: tf.cast(x, 'int32')`)
}

function outOfRange({ shape, dtype }: Tensor, value: number) {
  const remedy = Number.isFinite(value)
    ? `Bring it into its range; bytes are int32: tf.cast(x, 'int32')`
    : 'Check where it comes from'
  return badTensor(`${value} in a tensor [${shape.join(', ')}] of ${dtype}`, remedy)
}
