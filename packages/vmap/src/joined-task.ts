import { tree } from '@kshot/core'
import { stack, type Tensor } from '@tensorflow/tfjs-core'

/** Where two tasks have equal texts, they can run at once: tensors by shape, and plain numbers. */
export function shapeOf(task: unknown): string {
  return JSON.stringify(described(task))
}

function described(node: unknown): unknown {
  if (tree.isTensor(node)) return [node.dtype, ...node.shape]
  if (typeof node === 'number' || typeof node === 'boolean') return node
  if (typeof node !== 'object' || node === null) return typeof node
  return entriesOf(node).map(([key, child]) => [key, key === 'id' ? '' : described(child)])
}

/** The tensors of a task, in the order in which {@link rebuilt} takes them. */
function tensorsOf(node: unknown): Tensor[] {
  if (tree.isTensor(node)) return [node]
  if (typeof node !== 'object' || node === null) return []
  return entriesOf(node).flatMap(([, child]) => tensorsOf(child))
}

/** The tensors of alike tasks, each stacked to `[tasks, ...shape]`; the caller's. */
export function stackTasks(tasks: readonly unknown[]): Tensor[] {
  const columns = tasks.map(tensorsOf)
  return columns[0]!.map((_, i) => stack(columns.map((column) => column[i]!)))
}

/**
 * One task instead of many: with these tensors, and what all agree in. What they differ in besides
 * (ids, names of classes) is left out, since it would be right for one of them only.
 */
export function joinTasks<Task>(tasks: readonly Task[], tensors: readonly Tensor[]): Task {
  let next = 0
  return rebuilt(tasks) as Task

  function rebuilt(nodes: readonly unknown[]): unknown {
    const [first] = nodes
    if (tree.isTensor(first)) return tensors[next++]
    if (typeof first !== 'object' || first === null) {
      return nodes.every((node) => node === first) ? first : undefined
    }
    const children = entriesOf(first).map(
      ([key]) => [key, rebuilt(nodes.map((node) => (node as Fields)[key]))] as const,
    )
    return Array.isArray(first) ? children.map(([, child]) => child) : Object.fromEntries(children)
  }
}

type Fields = { readonly [key: string]: unknown }

const entriesOf = (node: object) => Object.entries(node as Fields)
