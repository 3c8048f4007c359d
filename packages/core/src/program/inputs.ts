import type { Tensor } from '@tensorflow/tfjs-core'
import { isTensor } from '../tree'

/**
 * Two inputs with equal texts can be computed in the same way: tensors by dtype and shape, and plain numbers, but
 * no names of tasks (`id`).
 */
export function shapesOf(input: unknown): string {
  return JSON.stringify(described(input))
}

function described(node: unknown): unknown {
  if (isTensor(node)) return [node.dtype, ...node.shape]
  if (typeof node === 'number' && !Number.isFinite(node)) return `number ${node}`
  if (typeof node === 'function') return 'function'
  if (typeof node !== 'object' || node === null) return node === undefined ? 'undefined' : node
  return entriesOf(node).map(([key, child]) => [key, key === 'id' ? '' : described(child)])
}

/** The tensors of an input, always in the same order. */
export function tensorsIn(node: unknown): Tensor[] {
  if (isTensor(node)) return [node]
  if (typeof node !== 'object' || node === null) return []
  return entriesOf(node).flatMap(([, child]) => tensorsIn(child))
}

const entriesOf = (node: object) => Object.entries(node as { readonly [key: string]: unknown })
