import type { Tensor } from '@tensorflow/tfjs-core'
import type { Json } from '../spec'
import { isTensor, type Params } from '../tree'
import { damaged } from './damaged'

/** A tree as JSON, with the name of a stored tensor for each tensor. */
export type Structure = Json

/** A tensor and the name it is stored under, for example `params/blocks/0/filter`. */
export type NamedTensor = readonly [name: string, tensor: Tensor]

/**
 * Takes a tree apart. Empty lists and records, which have no tensor, are in the structure too.
 * In names, `~` and `/` of a key are written `~0` and `~1` (RFC 6901), so no two tensors share one.
 */
export function takeApart(
  node: Params,
  name?: string,
): { structure: Structure; tensors: NamedTensor[] } {
  if (isTensor(node)) return { structure: name ?? '', tensors: [[name ?? '', node]] }
  const list = Array.isArray(node)
  const keys = list ? [...node.keys()].map(String) : Object.keys(node).sort()
  const parts = keys.map((key) =>
    takeApart((node as Record<string, Params>)[key]!, join(name, key)),
  )
  const structures = parts.map(({ structure }) => structure)
  return {
    structure: list ? structures : Object.fromEntries(structures.map((s, i) => [keys[i]!, s])),
    tensors: parts.flatMap(({ tensors }) => tensors),
  }
}

function join(name: string | undefined, key: string): string {
  const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1')
  return name === undefined ? escaped : `${name}/${escaped}`
}

/**
 * Puts a tree together again.
 * @throws `checkpoint/damaged` for a structure that is none.
 */
export function putTogether(structure: unknown, tensor: (name: string) => Tensor): Params {
  if (typeof structure === 'string') return tensor(structure)
  if (Array.isArray(structure)) return structure.map((item) => putTogether(item, tensor))
  if (typeof structure !== 'object' || structure === null) {
    throw damaged(`${String(structure)} in the structure of a tree`, 'a name, list or record')
  }
  const entries = Object.entries(structure)
  return Object.fromEntries(entries.map(([key, inner]) => [key, putTogether(inner, tensor)]))
}
