import { KshotError } from './errors'
import type { AnyLearner, Meta } from './learner'
import { rng } from './random'
import { disposeTask, type TaskSpec } from './task'
import * as tree from './tree'

/**
 * Checks that meta-parameters are those which a learner has for tasks of a kind: names, shapes and types.
 * @throws `core/other-parameters` naming the first that differs
 */
export function checkMeta(learner: AnyLearner, { params, state }: Meta, tasks: TaskSpec): void {
  const initial = learner.init(rng(0), tasks)
  try {
    checkShapes({ params, state }, { ...initial })
  } finally {
    disposeTask(initial)
  }
}

/** @throws `core/other-parameters` naming the first tensor that differs */
export function checkShapes(given: tree.Params, wanted: tree.Params): void {
  const [has, needs] = [given, wanted].map(shapes) as [Shapes, Shapes]
  for (const path of new Set([...has.keys(), ...needs.keys()])) {
    if (has.get(path) === needs.get(path)) continue
    throw other(shapeAt(has, path), shapeAt(needs, path))
  }
  // A name may hold a slash, and a record the numbers of a list: same paths, another tree.
  if (form(given) !== form(wanted)) throw other('another structure', 'lists and records')
}

function other(got: string, expected: string): KshotError {
  return new KshotError('core/other-parameters', {
    got: `meta-parameters with ${got}`,
    expected: `${expected}, as this learner has for these tasks`,
    remedy: 'Start from meta-parameters of the same learner and the same example shape',
  })
}

/** The structure of a tree as text, names in their order. */
function form(node: tree.Params): string {
  if (tree.isTensor(node)) return 'tensor'
  if (Array.isArray(node)) return `[${node.map(form).join()}]`
  const entries = Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${form(inner)}`).join()}}`
}

type Shapes = ReadonlyMap<string, string>

function shapes(params: tree.Params): Shapes {
  const byPath = tree.flatten(params).map(([path, { shape, dtype }]) => {
    const type = dtype === 'float32' ? '' : ` of ${dtype}`
    return [path, `[${shape}]${type}`] as const
  })
  return new Map(byPath)
}

function shapeAt(shapes: Shapes, path: string): string {
  return shapes.has(path) ? `'${path}' of shape ${shapes.get(path)}` : `no '${path}'`
}
