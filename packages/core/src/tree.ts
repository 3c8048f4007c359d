import {
  dispose as disposeTensors,
  type Tensor,
  Tensor as TensorClass,
  tidy as tidyTensors,
} from '@tensorflow/tfjs-core'
import { KshotError } from './errors'

/** A tree of tensors: a tensor, a list of trees, or a record of trees. */
export type Params = Tensor | readonly Params[] | { readonly [name: string]: Params }

/** One tensor of a tree and its path, for example `['blocks/0/conv/filter', tensor]`. */
export type Leaf = readonly [path: string, tensor: Tensor]

// No path is the root; '' is a branch of that name.
const join = (path: string | undefined, key: string) =>
  path === undefined ? key : `${path}/${key}`

export function isTensor(node: unknown): node is Tensor {
  return node instanceof TensorClass
}

// The order of a tree: lists by position, records by name. It never depends on insertion order.
function children(node: Params): (readonly [key: string, child: Params])[] {
  if (Array.isArray(node)) return node.map((child, i) => [String(i), child] as const)
  const record = node as { readonly [name: string]: Params }
  return Object.keys(record)
    .sort()
    .map((key) => [key, record[key]!] as const)
}

/** The tensors of a tree with their paths, lists by position and records sorted by name. */
export function flatten(tree: Params, path?: string): Leaf[] {
  if (isTensor(tree)) return [[path ?? '', tree]]
  return children(tree).flatMap(([key, child]) => flatten(child, join(path, key)))
}

/** The tensors of a tree, in the order of {@link flatten}. */
export function leaves(tree: Params): Tensor[] {
  return flatten(tree).map(([, tensor]) => tensor)
}

/** A tree of the same structure with `f` applied to each tensor. */
export function map<T extends Params>(
  f: (tensor: Tensor, path: string) => Tensor,
  tree: T,
  path?: string,
): T {
  return rebuild(tree, f, path) as T
}

function rebuild(node: Params, f: (tensor: Tensor, path: string) => Tensor, path?: string): Params {
  if (isTensor(node)) return f(node, path ?? '')
  const mapped = children(node).map(
    ([key, child]) => [key, rebuild(child, f, join(path, key))] as const,
  )
  return Array.isArray(node) ? mapped.map(([, child]) => child) : Object.fromEntries(mapped)
}

/**
 * Combines trees with the same structure, tensor by tensor.
 * @throws `core/tree-mismatch` naming the first path at which the structures differ.
 */
export function zip<T extends Params>(
  f: (tensors: Tensor[], path: string) => Tensor,
  first: T,
  ...others: Params[]
): T {
  const columns = others.map((other) => aligned(first, other))
  let i = -1
  return map((tensor, path) => {
    i++
    return f([tensor, ...columns.map((column) => column[i]!)], path)
  }, first)
}

/**
 * The tensors of `other`, checked to hang at the same paths as those of `tree`.
 * @throws `core/tree-mismatch`
 */
export function aligned(tree: Params, other: Params): Tensor[] {
  const expected = flatten(tree)
  const actual = flatten(other)
  const at = Math.max(expected.length, actual.length)
  for (let i = 0; i < at; i++) {
    const want = expected[i]?.[0]
    const have = actual[i]?.[0]
    if (want === have) continue
    throw new KshotError('core/tree-mismatch', {
      got: have === undefined ? `a tree without '${want}'` : `a tree with '${have}'`,
      expected: want === undefined ? `no tensor there` : `a tensor at '${want}'`,
      remedy: 'Pass trees with the same structure, such as parameters and their gradients',
    })
  }
  return actual.map(([, tensor]) => tensor)
}

/**
 * The tree with the structure of `like` and the given tensors in the order of {@link flatten}.
 * @throws `core/tree-mismatch` when the number of tensors differs.
 */
export function unflatten<T extends Params>(like: T, tensors: readonly Tensor[]): T {
  const expected = leaves(like).length
  if (tensors.length !== expected) {
    throw new KshotError('core/tree-mismatch', {
      got: `${tensors.length} tensors`,
      expected: `${expected} tensors for this tree`,
      remedy: 'Pass the tensors of a tree of the same structure',
    })
  }
  let i = 0
  return map(() => tensors[i++]!, like)
}

/** How many numbers a tree holds. */
export function count(tree: Params): number {
  return leaves(tree).reduce((sum, tensor) => sum + tensor.size, 0)
}

/** Whether two trees have the same structure, shapes and bytes. */
export async function equal(a: Params, b: Params): Promise<boolean> {
  const [left, right] = [flatten(a), flatten(b)]
  if (left.length !== right.length) return false
  for (const [i, [path, x]] of left.entries()) {
    const [otherPath, y] = right[i]!
    if (path !== otherPath || x.dtype !== y.dtype || x.shape.join() !== y.shape.join()) return false
    const [xs, ys] = await Promise.all([x.data(), y.data()])
    if (!xs.every((value, k) => Object.is(value, ys[k]))) return false
  }
  return true
}

/** Runs `f` and frees every tensor it made, except those in the tree it returns. */
export function tidy<T extends Params>(f: () => T): T {
  return tidyTensors(f as () => never) as T
}

/** A tree of new, independent tensors with the same values. */
export function clone<T extends Params>(tree: T): T {
  return tidy(() => map((tensor) => tensor.clone(), tree))
}

/** Frees every tensor of the tree. */
export function dispose(tree: Params): void {
  disposeTensors(leaves(tree))
}
