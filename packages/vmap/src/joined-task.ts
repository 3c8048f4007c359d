import { tree } from '@kshot/core'
import { tensorsIn } from '@kshot/core/training'
import { stack, type Tensor } from '@tensorflow/tfjs-core'

/** The tensors of alike tasks, each stacked to `[tasks, ...shape]`; the caller's. */
export function stackTasks(tasks: readonly unknown[]): Tensor[] {
  const columns = tasks.map(tensorsIn)
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
