// Sung et al. 2018, Learning to Compare: Relation Network for Few-Shot Learning, section 3.4 and figure 2.
import { KshotError, type NormMode, type Rng, type Weights } from '@kshot/core'
import {
  activation,
  type BatchNormOptions,
  batchNorm,
  conv2d,
  convBlock,
  dense,
  flatten,
  series,
} from '@kshot/core/nn'
import {
  add,
  conv2d as convolve,
  expandDims,
  reshape,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core'

export interface RelationModuleOptions extends Pick<BatchNormOptions, 'eps' | 'momentum'> {
  /** Of both convolutions. */
  readonly filters: number
  /** Units of the first dense layer. */
  readonly hidden: number
}

export interface RelationModule {
  /** @throws `relation/map-too-small`, `relation/no-maps` */
  init(rng: Rng, mapShape: readonly number[]): Weights
  /** Maps of classes `[ways, h, w, c]` and of queries `[n, h, w, c]` to log-odds `[n, ways]`. */
  apply(
    weights: Weights,
    classes: Tensor4D,
    queries: Tensor4D,
    norm: NormMode,
  ): { y: Tensor2D; state: Weights['state'] }
}

/**
 * g_φ: the maps of a class and of a query, one behind the other, through 2 × [conv 3×3, batch norm,
 * ReLU, max-pool 2] and two dense layers to one number, the log-odds of a relation.
 */
export function relationModule({
  filters,
  hidden,
  ...norm
}: RelationModuleOptions): RelationModule {
  const first = conv2d({ filters })
  const scorer = series([
    batchNorm({ ...norm, relu: true, pool: 2 }),
    convBlock({ filters, ...norm }),
    flatten(),
    // Offsets of 1 as in Sung's code: without them all units of so narrow a layer may start dead.
    dense({ units: hidden, biasInit: { normal: 0, mean: 1 } }),
    activation('relu'),
    dense({ units: 1 }),
  ])
  return {
    init(rng, mapShape) {
      const [h, w, channels] = checkedMaps(mapShape)
      const { params: convolution } = first.init(rng.split('first'), [h, w, 2 * channels])
      const { params, state } = scorer.init(rng.split('judge'), [h, w, filters])
      return { params: { convolution, judge: params }, state }
    },
    apply({ params, state }, classes, queries, norm) {
      const { convolution, judge } = params as Parameters
      const pairs = pairwise(classes, queries, convolution)
      const { y, state: next } = scorer.apply({ params: judge, state }, pairs, { norm })
      return { y: reshape(y, [queries.shape[0], classes.shape[0]]), state: next }
    },
  }
}

type Convolution = { readonly filter: Tensor4D; readonly bias: Tensor1D }
/** `judge` are those of the layers above: the name stands in checkpoints. */
type Parameters = { readonly convolution: Convolution; readonly judge: Weights['params'] }

/**
 * The first convolution of all pairs, `[n · ways, h, w, filters]`. It is linear, so each class and each
 * query goes through its half of the filter once, and pairs are sums: n + ways convolutions, not n · ways.
 */
function pairwise(classes: Tensor4D, queries: Tensor4D, { filter, bias }: Convolution): Tensor {
  const [ways, h, w, c] = classes.shape
  const [size, , , filters] = filter.shape
  const half = (from: number) => slice(filter, [0, 0, from, 0], [size, size, c, filters])
  const rows = (x: Tensor4D, from: number) =>
    reshape(convolve(x, half(from), 1, 'same'), [x.shape[0], h * w * filters])
  const ofClasses = reshape(add(reshape(rows(classes, 0), [ways * h * w, filters]), bias), [
    1,
    ways,
    h * w * filters,
  ])
  const pairs = add(expandDims(rows(queries, c), 1), ofClasses)
  return reshape(pairs, [-1, h, w, filters])
}

function checkedMaps(shape: readonly number[]): [number, number, number] {
  const [h, w, channels] = shape
  if (shape.length !== 3) {
    throw new KshotError('relation/no-maps', {
      got: `an embedding of shape [${shape.join(', ')}]`,
      expected: 'feature maps, [height, width, channels]',
      remedy: 'Use convMaps(), or another net that keeps feature maps',
    })
  }
  if (h! < 4 || w! < 4) {
    throw new KshotError('relation/map-too-small', {
      got: `feature maps of ${h} × ${w}`,
      expected: 'at least 4 × 4, which the relation module halves twice',
      remedy: "Pool less: convMaps({ pooled: 1 }) or padding: 'same', or use larger images",
    })
  }
  return [h!, w!, channels!]
}
