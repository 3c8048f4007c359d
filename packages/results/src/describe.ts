import { isSpec, type Spec } from '@kshot/core'
import { type NumberOrRange, rangeText } from './number-or-range'
import type { WarmStart } from './result'

/** A learner, and the net that it declares. */
export interface Described {
  readonly learner: Spec
  readonly net?: Spec | undefined
}

/** The net that a learner is built on, if any. */
export function netOf({ learner: { options }, net }: Described): Spec | undefined {
  // Results from before learners declared it: kshot's own call it so.
  return net ?? [options.backbone, options.model].find(isSpec)
}

/** A learner in a few words: `protonet, conv4 with 16 filters`. */
export function learnerName(described: Described): string {
  const { export: name } = described.learner
  const net = netOf(described)
  return net ? `${name}, ${netName(net)}` : name
}

/** A net in a few words: `conv4 with 16 filters`. */
export function netName({ export: name, options: { filters, encoder, net } }: Spec): string {
  if (name === 'embeddings' && (isSpec(encoder) || isSpec(net))) {
    const [first, then] = [
      isSpec(encoder) ? encoderName(encoder) : name,
      isSpec(net) && netName(net),
    ]
    return then ? `${first}, then ${then}` : first
  }
  return filters === undefined ? name : `${name} with ${filters} filters`
}

function encoderName({ export: name, options }: Spec): string {
  return typeof options.name === 'string' ? options.name : name
}

interface Task {
  /** None in a regression. */
  readonly ways?: NumberOrRange | null | undefined
  readonly shots: NumberOrRange
}

/** `5-way 1-shot`; `3–7-way 1–5-shot`; `5-shot regression`. */
export function settingName({ ways, shots }: Task): string {
  const few = `${rangeText(shots)}-shot`
  if (!ways) return `${few} regression`
  const uneven = typeof shots === 'object' && shots.perClass ? ' (each class its own)' : ''
  return `${rangeText(ways)}-way ${few}${uneven}`
}

/** `5 queries per class`; `10 query points`. */
export function queriesName({ ways, queries }: Task & { readonly queries: number }): string {
  if (!ways) return `${queries} query points`
  return `${queries} ${queries === 1 ? 'query' : 'queries'} per class`
}

/** `1 step`, `10 steps`. */
export function stepsName(steps: number): string {
  return `${steps} ${steps === 1 ? 'step' : 'steps'}`
}

/** `5,760,000 images of omniglot (vinyals, train+val)`: what a warm start was trained on. */
export function warmStartName({ images, dataset, split }: WarmStart): string {
  const [name, ...more] = [...dataset.split(', '), ...(split === 'train' ? [] : [split])]
  return `${count(images)} images of ${name}${more.length > 0 ? ` (${more.join(', ')})` : ''}`
}

/** `1,028`, the same in every locale. */
export function count(n: number): string {
  return n.toLocaleString('en-US')
}
