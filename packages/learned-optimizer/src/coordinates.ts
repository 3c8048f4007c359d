import { type Params, tree } from '@kshot/core'
import { concat, reshape, slice, type Tensor } from '@tensorflow/tfjs-core'

/** All numbers of a tree under each other, in the tree's order: `[n, 1]`. */
export function coordinates(params: Params): Tensor {
  return concat(tree.leaves(params).map((leaf) => reshape(leaf, [leaf.size, 1])))
}

/** A tree like `like`, from its {@link coordinates}. */
export function fromCoordinates<T extends Params>(like: T, column: Tensor): T {
  let from = 0
  return tree.map((leaf) => {
    const part = slice(column, [from, 0], [leaf.size, 1])
    from += leaf.size
    return reshape(part, leaf.shape)
  }, like)
}
