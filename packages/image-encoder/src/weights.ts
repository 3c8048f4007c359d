import {
  type ByteSource,
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

/** @throws `image-encoder/unreadable`, `image-encoder/damaged` */
export async function readWeights(options: WeightOptions): Promise<Stored> {
  const url = new URL('../data/efficientnet-lite0.safetensors', import.meta.url)
  const bytes = await readPackageFile({ ...own, url }, options)
  const { weights, metadata } = decoded(bytes)
  if (metadata.version !== WEIGHTS_VERSION) {
    throw damagedFile(own, `weights of version ${metadata.version}`)
  }
  for (const [name, shape] of Object.entries(filterShapes)) {
    const found = weights[`${name}/filter`]?.shape
    if (found?.join() !== shape.join()) {
      throw damagedFile(own, `'${name}/filter' of shape [${found?.join(', ') ?? 'nothing'}]`)
    }
  }
  return weights
}

function decoded(bytes: Uint8Array) {
  try {
    return decodeWeights(bytes)
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
