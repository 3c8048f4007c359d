// Universal Sentence Encoder lite: Cer et al. 2018, Universal Sentence Encoder, arXiv:1803.11175, section 3.1,
// a Transformer (Vaswani et al. 2017, arXiv:1706.03762) of two layers whose outputs are averaged.
import {
  add,
  concat,
  cos,
  fused,
  gather,
  matMul,
  mean,
  mul,
  range,
  reshape,
  rsqrt,
  sin,
  softmax,
  split,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tanh,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core'

/** The length of an embedding. */
export const DIMENSIONS = 512
/** The net looks at so many pieces of a text, its first. */
export const MOST_PIECES = 128

const LAYERS = 2
const HEADS = 4
const EPSILON = 1e-6

const [PIECES, WIDTH, INNER] = [8000, 256, 1536]

const shapesOfDense = (name: string, from: number, to: number) => ({
  [`${name}/kernel`]: [from, to],
  [`${name}/bias`]: [to],
})

/** The shape of each weight; two pieces more than the tokenizer knows have an embedding. */
export const weightShapes: { readonly [name: string]: readonly number[] } = {
  scores: [PIECES],
  embeddings: [PIECES + 2, WIDTH],
  frequencies: [WIDTH / 2],
  ...shapesOfDense('residual', WIDTH, DIMENSIONS),
  ...shapesOfDense('output', DIMENSIONS, DIMENSIONS),
  ...Object.assign({}, ...[WIDTH, DIMENSIONS].map(layerShapes)),
}

function layerShapes(width: number, i: number) {
  return {
    ...shapesOfDense(`layers/${i}/qkv`, width, 3 * width),
    ...shapesOfDense(`layers/${i}/attended`, width, DIMENSIONS),
    ...shapesOfDense(`layers/${i}/inner`, DIMENSIONS, INNER),
    ...shapesOfDense(`layers/${i}/outer`, INNER, DIMENSIONS),
  }
}

/** The weights by name, as `../generator/graph.py` folds them. */
export type UniversalWeights = { readonly [name: string]: Tensor }

/**
 * Texts of as many pieces each, `ids` of n by L, to their embeddings, `[n, 512]`, of length 1. All have
 * the same length, so there is nothing to pad and nothing to mask.
 */
export function universalNet(
  weights: UniversalWeights,
  ids: readonly (readonly number[])[],
): Tensor2D {
  return tidy(() => {
    const [n, length] = [ids.length, ids[0]!.length]
    const pieces = gather(
      weights.embeddings as Tensor2D,
      tensor2d(ids as number[][], [n, length], 'int32'),
    )
    const input = add(pieces, timing(weights.frequencies as Tensor1D, length)) as Tensor3D
    const residual = dense(weights, 'residual', input)
    let x = layer(weights, 0, input, residual)
    for (let i = 1; i < LAYERS; i++) x = layer(weights, i, x, x)
    const output = tanh(dense(weights, 'output', mean<Tensor2D>(x, 1)))
    return mul(output, rsqrt(sum(square(output), -1, true)))
  })
}

/** Where each piece stands, `[length, width]`: sines, then cosines (Vaswani et al. 2017, section 3.5). */
function timing(frequencies: Tensor1D, length: number): Tensor2D {
  const angles = matMul(
    reshape(range(0, length), [length, 1]),
    reshape(frequencies, [1, -1]),
  ) as Tensor2D
  return concat([sin(angles), cos(angles)], 1)
}

/** Attention and a net of two layers, each on the standardised input and added to what it had. */
function layer(weights: UniversalWeights, i: number, x: Tensor3D, residual: Tensor3D): Tensor3D {
  const mixed = attention(dense(weights, `layers/${i}/qkv`, standardised(x)))
  const attended = add(residual, dense(weights, `layers/${i}/attended`, mixed)) as Tensor3D
  const inner = dense(weights, `layers/${i}/inner`, standardised(attended), 'relu')
  return add(attended, dense(weights, `layers/${i}/outer`, inner))
}

/** softmax(q kᵀ) v in each of four heads; qkv is `[n, L, 3 d]`, and q is scaled by its weights. */
function attention(qkv: Tensor3D): Tensor3D {
  const [n, length, width] = [qkv.shape[0], qkv.shape[1], qkv.shape[2] / 3]
  const heads = split(qkv, 3, -1).map((x) =>
    transpose(reshape(x, [n, length, HEADS, width / HEADS]) as Tensor4D, [0, 2, 1, 3]),
  )
  const [q, k, v] = heads as [Tensor4D, Tensor4D, Tensor4D]
  const mixed = matMul(softmax(matMul(q, k, false, true)), v)
  return reshape(transpose(mixed, [0, 2, 1, 3]), [n, length, width])
}

/** Layer norm without scale and bias, which stand in the weights that follow. */
function standardised(x: Tensor3D): Tensor3D {
  const centred = sub(x, mean(x, -1, true))
  return mul(centred, rsqrt(add(mean(square(centred), -1, true), EPSILON)))
}

/** A layer over the last axis, as one product of matrices. */
function dense<T extends Tensor2D | Tensor3D>(
  weights: UniversalWeights,
  name: string,
  x: T,
  activation: 'linear' | 'relu' = 'linear',
): T {
  const kernel = weights[`${name}/kernel`] as Tensor2D
  const [rows, width] = kernel.shape
  const y = fused.matMul({
    a: reshape(x, [-1, rows]) as Tensor2D,
    b: kernel,
    transposeA: false,
    transposeB: false,
    bias: weights[`${name}/bias`]!,
    activation,
  })
  return reshape(y, [...x.shape.slice(0, -1), width] as typeof x.shape) as T
}
