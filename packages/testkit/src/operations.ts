import { rng } from '@kshot/core'
import * as tf from '@tensorflow/tfjs-core'

export type Inputs = { readonly [name: string]: tf.Tensor }
type Shapes = { readonly [name: string]: readonly number[] }
export type Operation = readonly [
  name: string,
  shapes: Shapes,
  f: (inputs: Inputs) => tf.Tensor,
  between?: readonly [low: number, high: number],
]

const image = { x: [2, 6, 7, 2] }
const withFilter = (filter: number[], x = [2, 6, 7, 2]) => ({ x, w: filter })
const conv =
  (
    stride: number | [number, number],
    pad: 'same' | 'valid' | number | [number, number][],
    dilation = 1,
  ) =>
  ({ x, w }: Inputs) =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad as never, 'NHWC', dilation)
const depthwise =
  (stride: number, pad: 'same' | 'valid', dilation = 1) =>
  ({ x, w }: Inputs) =>
    tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad, 'NHWC', dilation)
const maxPool =
  (size: number | [number, number], stride: number, pad: 'same' | 'valid' | number) =>
  ({ x }: Inputs) =>
    tf.maxPool(x as tf.Tensor4D, size, stride, pad)
const avgPool =
  (size: number, stride: number, pad: 'same' | 'valid') =>
  ({ x }: Inputs) =>
    tf.avgPool(x as tf.Tensor4D, size, stride, pad)
const product =
  (transposeA: boolean, transposeB: boolean) =>
  ({ a, b }: Inputs) =>
    tf.matMul(a!, b!, transposeA, transposeB)

const vector = { x: [3, 4] }
type Unary = {
  [K in keyof typeof tf]: (typeof tf)[K] extends (x: tf.Tensor) => tf.Tensor ? K : never
}[keyof typeof tf]

const unary = (name: Unary, between?: readonly [number, number]): Operation => {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: a test imports everything anyway
  const f = tf[name] as (x: tf.Tensor) => tf.Tensor
  return between ? [name, vector, ({ x }) => f(x!), between] : [name, vector, ({ x }) => f(x!)]
}

/** Single kernels with inputs away from their kinks; one list for all that is shown of them. */
export const operations: readonly Operation[] = [
  ...(['exp', 'expm1', 'tanh', 'sigmoid', 'softplus', 'erf', 'sin', 'cos'] as const).map((name) =>
    unary(name),
  ),
  ...(['sinh', 'cosh', 'atan', 'asinh', 'square', 'neg', 'elu', 'selu', 'abs'] as const).map(
    (name) => unary(name),
  ),
  ...(['log', 'log1p', 'sqrt', 'rsqrt', 'reciprocal'] as const).map((name) =>
    unary(name, [0.3, 2]),
  ),
  ...(['tan', 'asin', 'acos', 'atanh'] as const).map((name) => unary(name, [-0.7, 0.7])),
  unary('acosh', [1.3, 3]),
  unary('relu'),
  unary('relu6', [4, 8]),
  unary('leakyRelu'),
  ['prelu', { x: [3, 4], a: [4] }, ({ x, a }) => tf.prelu(x!, a!)],
  ['clipByValue', vector, ({ x }) => tf.clipByValue(x!, -0.5, 0.8)],
  ['maximum, broadcasting', { a: [3, 4], b: [4] }, ({ a, b }) => tf.maximum(a!, b!)],
  ['minimum', { a: [3, 4], b: [3, 4] }, ({ a, b }) => tf.minimum(a!, b!)],
  ['squaredDifference', { a: [3, 1], b: [4] }, ({ a, b }) => tf.squaredDifference(a!, b!)],
  ['atan2', { a: [3, 4], b: [4] }, ({ a, b }) => tf.atan2(a!, b!), [0.4, 2]],
  ['pow with broadcasting', { a: [3, 4], b: [4] }, ({ a, b }) => tf.pow(a!, b!), [0.5, 2]],
  [
    'division by a middle axis',
    { a: [2, 3, 4], b: [2, 1, 4] },
    ({ a, b }) => tf.div(a!, b!),
    [0.5, 2],
  ],
  ['addN', { a: [3], b: [3] }, ({ a, b }) => tf.addN([a!, b!, a!])],

  ['sum over leading axes', { x: [3, 2, 4] }, ({ x }) => tf.sum(x!, [0, 1])],
  ['mean over a middle axis', { x: [3, 2, 4] }, ({ x }) => tf.mean(x!, [1])],
  ['max over two axes', { x: [3, 2, 4] }, ({ x }) => tf.max(x!, [0, 2])],
  ['min of all', { x: [3, 2, 4] }, ({ x }) => tf.min(x!)],
  ['prod along an axis', { x: [3, 4] }, ({ x }) => tf.prod(x!, 1), [0.5, 1.5]],
  ['prod of all', { x: [2, 3] }, ({ x }) => tf.prod(x!), [0.5, 1.5]],
  ['cumsum', { x: [3, 4] }, ({ x }) => tf.cumsum(x!, 1)],
  ['cumsum along rows, exclusive, reverse', { x: [3, 4] }, ({ x }) => tf.cumsum(x!, 0, true, true)],
  ['logSumExp', vector, ({ x }) => tf.logSumExp(x!, 1)],
  ['moments', { x: [5, 3] }, ({ x }) => tf.moments(x!, 0).variance],
  [
    'layer norm',
    { x: [3, 5] },
    ({ x }) => {
      const { mean, variance } = tf.moments(x!, 1, true)
      return tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, 1e-3)))
    },
  ],
  [
    'batchNorm of tfjs',
    { x: [2, 3, 3, 2], m: [2], v: [2], o: [2], s: [2] },
    ({ x, m, v, o, s }) =>
      tf.batchNorm(x!, m as tf.Tensor1D, v as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D),
    [0.5, 1.5],
  ],

  ['matMul', { a: [3, 4], b: [4, 2] }, product(false, false)],
  ['matMul aᵀb', { a: [4, 3], b: [4, 2] }, product(true, false)],
  ['matMul abᵀ', { a: [3, 4], b: [2, 4] }, product(false, true)],
  ['matMul aᵀbᵀ', { a: [4, 3], b: [2, 4] }, product(true, true)],
  ['batched matMul', { a: [2, 3, 4], b: [2, 4, 2] }, product(false, false)],
  ['batched matMul aᵀbᵀ', { a: [2, 4, 3], b: [2, 2, 4] }, product(true, true)],
  ['matMul with a broadcast batch', { a: [2, 3, 4], b: [1, 2, 4] }, product(false, true)],

  ['conv2d 1×1', withFilter([1, 1, 2, 3]), conv(1, 'same')],
  ['conv2d same', withFilter([3, 3, 2, 3]), conv(1, 'same')],
  ['conv2d 2×3 same', withFilter([2, 3, 2, 2]), conv(1, 'same')],
  ['conv2d stride 2 same', withFilter([3, 3, 2, 3]), conv(2, 'same')],
  ['conv2d stride 2 valid, a row unread', withFilter([3, 3, 2, 3]), conv(2, 'valid')],
  ['conv2d stride 3 × 2', withFilter([2, 2, 2, 2]), conv([3, 2], 'valid')],
  ['conv2d stride beyond the filter', withFilter([1, 1, 2, 2]), conv(3, 'valid')],
  ['conv2d dilated', withFilter([3, 3, 2, 2], [1, 7, 7, 2]), conv(1, 'same', 2)],
  ['conv2d dilated valid', withFilter([2, 2, 2, 2], [1, 7, 7, 2]), conv(1, 'valid', 3)],
  ['conv2d pad 2', withFilter([3, 3, 2, 2]), conv(1, 2)],
  [
    'conv2d explicit padding beyond the filter',
    withFilter([2, 2, 2, 2]),
    conv(1, [
      [0, 0],
      [3, 0],
      [1, 2],
      [0, 0],
    ]),
  ],
  [
    'conv2d padded unevenly, stride 2',
    withFilter([3, 3, 2, 2]),
    conv(2, [
      [0, 0],
      [0, 2],
      [1, 0],
      [0, 0],
    ]),
  ],
  [
    'conv1d',
    { x: [2, 7, 2], w: [3, 2, 3] },
    ({ x, w }) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, 'same'),
  ],
  [
    'conv2dTranspose',
    { x: [2, 3, 3, 3], w: [3, 3, 2, 3] },
    ({ x, w }) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 6, 6, 2], 2, 'same'),
  ],
  ['depthwiseConv2d', withFilter([3, 3, 2, 1]), depthwise(1, 'same')],
  ['depthwiseConv2d, two for one, stride 2', withFilter([3, 3, 2, 2]), depthwise(2, 'same')],
  ['depthwiseConv2d stride 2 valid', withFilter([2, 2, 2, 1]), depthwise(2, 'valid')],
  ['depthwiseConv2d dilated', withFilter([3, 3, 2, 2], [1, 7, 7, 2]), depthwise(1, 'valid', 2)],

  ['maxPool 2', image, maxPool(2, 2, 'valid')],
  ['maxPool 2, odd rows and columns', { x: [2, 5, 7, 3] }, maxPool(2, 2, 'valid')],
  ['maxPool 3 stride 2 overlapping', image, maxPool(3, 2, 'valid')],
  ['maxPool 3 stride 1 same', image, maxPool(3, 1, 'same')],
  ['maxPool 2 stride 2 same', { x: [1, 5, 5, 2] }, maxPool(2, 2, 'same')],
  ['maxPool 2 × 1', image, maxPool([2, 1], 1, 'valid')],
  ['avgPool 2', image, avgPool(2, 2, 'valid')],
  ['avgPool 3 stride 2 same', image, avgPool(3, 2, 'same')],
  ['avgPool 2 stride 1 overlapping', image, avgPool(2, 1, 'valid')],

  [
    'pad',
    { x: [2, 3] },
    ({ x }) =>
      tf.pad(
        x!,
        [
          [1, 2],
          [0, 1],
        ],
        0.5,
      ),
  ],
  [
    'mirrorPad reflect',
    { x: [3, 4] },
    ({ x }) =>
      tf.mirrorPad(
        x!,
        [
          [1, 2],
          [0, 3],
        ],
        'reflect',
      ),
  ],
  [
    'mirrorPad symmetric',
    { x: [3, 4] },
    ({ x }) =>
      tf.mirrorPad(
        x!,
        [
          [1, 2],
          [0, 3],
        ],
        'symmetric',
      ),
  ],
  ['slice', { x: [4, 5] }, ({ x }) => tf.slice(x!, [1, 2], [2, -1])],
  ['stridedSlice', { x: [5, 7] }, ({ x }) => tf.stridedSlice(x!, [1, 0], [5, 7], [2, 3])],
  [
    'stridedSlice backwards',
    { x: [5, 7] },
    ({ x }) => tf.stridedSlice(x!, [4, 6], [0, 1], [-2, -3]),
  ],
  [
    'stridedSlice of one row',
    { x: [5, 7] },
    ({ x }) => tf.stridedSlice(x!, [2, 1], [3, 6], [1, 1], 0, 0, 0, 0, 1),
  ],
  ['gather', { x: [4, 3] }, ({ x }) => tf.gather(x!, [2, 0, 2])],
  [
    'gather along columns by a matrix',
    { x: [2, 4, 3] },
    ({ x }) =>
      tf.gather(
        x!,
        tf.tensor2d(
          [
            [3, 0],
            [1, 1],
          ],
          [2, 2],
          'int32',
        ),
        1,
      ),
  ],
  [
    'gatherND',
    { x: [4, 3] },
    ({ x }) =>
      tf.gatherND(
        x!,
        tf.tensor2d(
          [
            [1, 2],
            [1, 2],
            [3, 0],
          ],
          [3, 2],
          'int32',
        ),
      ),
  ],
  ['concat', { a: [2, 3], b: [2, 2] }, ({ a, b }) => tf.concat([a!, b!, a!], -1)],
  ['stack', { a: [2, 3], b: [2, 3] }, ({ a, b }) => tf.stack([a!, b!], 1)],
  ['unstack', { x: [3, 4] }, ({ x }) => tf.mul(tf.unstack(x!, 1)[1]!, tf.unstack(x!, 1)[3]!)],
  [
    'split',
    { x: [3, 5] },
    ({ x }) => {
      const [a, b] = tf.split(x!, [2, 3], 1) as [tf.Tensor, tf.Tensor]
      return tf.add(tf.sum(a, 1), tf.mean(b, 1))
    },
  ],
  ['tile', { x: [2, 3] }, ({ x }) => tf.tile(x!, [3, 2])],
  ['broadcastTo', { x: [3, 1] }, ({ x }) => tf.broadcastTo(x!, [2, 3, 4])],
  ['transpose', { x: [2, 3, 4] }, ({ x }) => tf.transpose(x!, [2, 0, 1])],
  ['reverse', { x: [2, 3, 4] }, ({ x }) => tf.reverse(x!, [0, -1])],
  [
    'where',
    { a: [2, 3], b: [2, 3] },
    ({ a, b }) =>
      tf.where(
        tf.tensor2d(
          [
            [1, 0, 1],
            [0, 1, 0],
          ],
          [2, 3],
          'bool',
        ),
        a!,
        b!,
      ),
  ],
  [
    'where the condition depends on the parameters',
    vector,
    ({ x }) => tf.where(tf.greater(x!, 0), tf.square(x!), tf.exp(x!)),
  ],
  [
    'spaceToBatchND',
    { x: [1, 4, 4, 2] },
    ({ x }) =>
      tf.spaceToBatchND(
        x!,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  ],
  [
    'batchToSpaceND',
    { x: [4, 2, 2, 1] },
    ({ x }) =>
      tf.batchToSpaceND(
        x!,
        [2, 2],
        [
          [0, 0],
          [0, 1],
        ],
      ),
  ],
  ['depthToSpace', { x: [1, 2, 2, 4] }, ({ x }) => tf.depthToSpace(x as tf.Tensor4D, 2, 'NHWC')],
  [
    'resizeBilinear',
    { x: [1, 3, 3, 2] },
    ({ x }) => tf.image.resizeBilinear(x as tf.Tensor4D, [5, 4]),
  ],
  ['tfjs’ logSoftmax, a custom gradient', vector, ({ x }) => tf.logSoftmax(x!)],
]

// Stock wasm has no Einsum and no NCHW, and gathers wrongly in batches.
export const onCpuOnly: readonly Operation[] = [
  [
    'gather in batches',
    { x: [2, 4, 3] },
    ({ x }) =>
      tf.gather(
        x!,
        tf.tensor2d(
          [
            [3, 0, 3],
            [1, 1, 2],
          ],
          [2, 3],
          'int32',
        ),
        1,
        1,
      ),
  ],
  ['einsum', { a: [2, 3, 4], b: [4, 3] }, ({ a, b }) => tf.einsum('bij,jk->bik', a!, b!)],
  [
    'conv2d NCHW',
    { x: [1, 2, 5, 5], w: [3, 3, 2, 2] },
    ({ x, w }) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same', 'NCHW'),
  ],
]

/** Numbers at least 0.02 apart, none within 0.01 of 0: no maximum and no kink lies within a step. */
export function draw(
  seed: string,
  shapes: Shapes,
  [low, high] = [-1.6, 1.6] as readonly number[],
): Inputs {
  const total = Object.values(shapes).reduce((n, shape) => n + tf.util.sizeFromShape([...shape]), 0)
  const order = rng(1).split(seed).permutation(total)
  const step = (high! - low!) / total
  let at = 0
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const size = tf.util.sizeFromShape([...shape])
      const values = Array.from({ length: size }, () => low! + step * (order[at++]! + 0.37))
      return [name, tf.tensor(values, [...shape])]
    }),
  )
}

// not by the backend's cosine: that of webgpu is right to 1e-4 only
const weightsLike = ({ size, shape }: tf.Tensor) =>
  tf.tensor(
    Array.from({ length: size }, (_, i) => Math.cos(1.7 * i)),
    shape,
  )

/** Σ w f(x)² / 2 + Σ w f(x): its Hessian is not 0 where f is linear. */
export function scalarOf(f: Operation[2]) {
  return (inputs: Inputs): tf.Scalar => {
    const y = f(inputs)
    const w = weightsLike(y)
    return tf.sum(tf.mul(w, tf.add(y, tf.mul(tf.square(y), 0.5))))
  }
}
