import {
  type ByteSource,
  checkWeights,
  damagedFile,
  decodeWeights,
  type FrozenWeight,
  isKshotError,
  readPackageFile,
} from '@kshot/core'
import { type Tensor4D, tensor1d, tensor4d, tidy } from '@tensorflow/tfjs-core'
import { filterShapes, type Weights } from './net'

/** The metadata `version` of the weights: other weights, other embeddings. */
export const WEIGHTS_VERSION = '1'

export interface WeightOptions {
  /** Where `efficientnet-lite0.safetensors` lies, or its bytes. Default: the copy inside this package. */
  readonly source?: ByteSource | undefined
  /** Called while the weights arrive over the network; `total` if the server states it. */
  readonly onProgress?: ((loaded: number, total: number | undefined) => void) | undefined
}

const own = {
  package: '@kshot/image-encoder',
  file: 'efficientnet-lite0.safetensors',
}

/** The weights as numbers, read from the package's own file or from what stands in for it. */
export type Stored = { readonly [name: string]: FrozenWeight }

const shapes: { readonly [name: string]: readonly number[] } = Object.fromEntries(
  Object.entries(filterShapes).flatMap(([name, filter]) => {
    const [, , from, to] = filter as [number, number, number, number]
    const isDepthwise = name.endsWith('/depthwise')
    return [
      [`${name}/filter`, filter],
      [`${name}/bias`, [isDepthwise ? from : to]],
    ]
  }),
)

/** @throws `image-encoder/unreadable`, `image-encoder/damaged` */
export async function readWeights(options: WeightOptions): Promise<Stored> {
  const url = new URL('../data/efficientnet-lite0.safetensors', import.meta.url)
  const bytes = await readPackageFile({ ...own, url }, options)
  const { weights, metadata } = decoded(bytes)
  if (metadata.version !== WEIGHTS_VERSION) {
    throw damagedFile(own, `weights of version ${metadata.version}`)
  }
  return weights
}

function decoded(bytes: Uint8Array) {
  try {
    const file = decodeWeights(bytes)
    if (file.metadata.version === WEIGHTS_VERSION) checkWeights(file.weights, shapes)
    return file
  } catch (error) {
    throw damagedFile(own, isKshotError(error) ? error.got : String(error), error)
  }
}

/** The weights as tensors on the active backend. */
export function toTensors(stored: Stored): Weights {
  return tidy(() =>
    Object.fromEntries(
      Object.entries(filterShapes).map(([name, shape]) => [
        name,
        {
          filter: tensor4d(stored[`${name}/filter`]!.values, shape as Tensor4D['shape']),
          bias: tensor1d(stored[`${name}/bias`]!.values),
        },
      ]),
    ),
  )
}
