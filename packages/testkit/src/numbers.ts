import { tree } from '@kshot/core'

/**
 * The numbers of a tree's leaves, one after the other. Not by `dataSync`, which webgpu does not have in Node:
 * what reads with this runs on every backend.
 */
export async function numbersOf(params: tree.Params): Promise<number[]> {
  const values = await Promise.all(tree.leaves(params).map((x) => x.data()))
  return values.flatMap((numbers) => [...numbers])
}
