import type { Tensor } from '@tensorflow/tfjs-core'
import { isTensor } from '../tree'

/**
 * Two inputs with equal texts can be computed in the same way: tensors by dtype and shape, and plain numbers. Names of
 * tasks and of their classes are left out; with `names`, all texts but an `id` tell inputs apart.
 */
export function shapesOf(input: unknown, names = false): string {
  return JSON.stringify(described(input, names))
}

function described(node: unknown, names: boolean): unknown {
  if (isTensor(node)) return [node.dtype, ...node.shape]
  if (typeof node === 'number' && !Number.isFinite(node)) return `number ${node}`
  if (typeof node === 'number' || typeof node === 'boolean') return node
  if (typeof node === 'string') return names ? ['string', node] : 'string'
  if (typeof node !== 'object' || node === null) return `${node === null ? null : typeof node}`
  return entriesOf(node).map(([key, child]) => [key, key === 'id' ? '' : described(child, names)])
}

/** The tensors of an input, always in the same order. */
export function tensorsIn(node: unknown): Tensor[] {
  if (isTensor(node)) return [node]
  if (typeof node !== 'object' || node === null) return []
  return entriesOf(node).flatMap(([, child]) => tensorsIn(child))
}

const entriesOf = (node: object) => Object.entries(node as { readonly [key: string]: unknown })
