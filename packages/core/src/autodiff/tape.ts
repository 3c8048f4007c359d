import { engine } from '@tensorflow/tfjs-core'
import { KshotError } from '../errors'

type Tape = NonNullable<ReturnType<typeof engine>['state']['activeTape']>
type Node = Tape[number]

/**
 * Makes what is recorded right for a second differentiation, or say that it is not.
 *
 * kshot's own gradients save inputs only. Gradients that others registered and `tf.customGrad` (in
 * `tf.logSoftmax`, in `tf.losses`) save outputs and intermediate results, and lose the link to them.
 */
export function prepareTape(): void {
  const { state } = engine()
  if (!state.activeTape) return
  const madeBy = new Map<number, Node>()
  for (const node of state.activeTape) for (const y of node.outputs) madeBy.set(y.id, node)
  for (const node of state.activeTape) if (savesHidden(node, madeBy)) guard(node)
  state.activeTape = ordered(state.activeTape)
}

// A saved tensor is recorded as a copy. What was copied has to be an input, an output, or recorded.
function savesHidden(node: Node, madeBy: ReadonlyMap<number, Node>): boolean {
  const known = new Set([...Object.values(node.inputs), ...node.outputs].map((x) => x.id))
  return (node.saved ?? []).some((copy) => {
    const original = madeBy.get(copy.id)?.inputs.x
    return original !== undefined && !known.has(original.id)
  })
}

const guarded = new WeakSet<Node>()

function guard(node: Node): void {
  const { gradient } = node
  if (!gradient || guarded.has(node)) return
  guarded.add(node)
  node.gradient = (dys) => {
    if (engine().state.gradientDepth > 0) throw dropsSecondOrder(node.kernelName)
    return gradient(dys)
  }
}

function dropsSecondOrder(name: string): KshotError {
  return new KshotError('autodiff/no-gradient', {
    got: `a gradient of the gradient of ${name}, whose custom gradient is correct only to first order`,
    expected: 'operations with second derivatives',
    remedy: `Compose ${name} of plain operations; losses are in @kshot/core`,
  })
}

// The copy of a saved OUTPUT is recorded before the operation that makes it. TensorFlow.js walks the
// list once, in order, and would drop the second-order part without a word.
function ordered(tape: Tape): Tape {
  const madeAt = new Map<number, number>()
  tape.forEach((node, i) => {
    for (const y of node.outputs) madeAt.set(y.id, i)
  })
  const waiting = new Map<number, Node[]>()
  const result: Tape = []
  tape.forEach((node, i) => {
    const last = Math.max(...Object.values(node.inputs).map((x) => madeAt.get(x.id) ?? -1))
    if (last > i) waiting.set(last, [...(waiting.get(last) ?? []), node])
    else result.push(node, ...(waiting.get(i) ?? []))
  })
  return waiting.size > 0 ? result : tape
}
