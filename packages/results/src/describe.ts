import type { Spec } from '@kshot/core'
import type { WarmStart } from './result'

/** The net that a learner is built on, if it is on one. */
export function netOf({ options }: Spec): Spec | undefined {
  const net = options.backbone ?? options.model
  return isSpec(net) ? net : undefined
}

function isSpec(value: unknown): value is Spec {
  const { export: name, options } = (value ?? {}) as Partial<Spec>
  return typeof name === 'string' && typeof options === 'object' && options !== null
}

/** A learner in a few words: `protonet, conv4 with 16 filters`. */
export function learnerName(learner: Spec): string {
  const { export: name } = learner
  const backbone = netOf(learner)
  if (!backbone) return name
  const { filters } = backbone.options
  return `${name}, ${backbone.export}${filters === undefined ? '' : ` with ${filters} filters`}`
}

/** The net of a learner in a few words: `conv4 with 16 filters`. */
export function netName(learner: Spec): string {
  const [name, ...net] = learnerName(learner).split(', ')
  return net.join(', ') || name!
}

interface Task {
  /** None in a regression. */
  readonly ways?: number | null | undefined
  readonly shots: number
}

/** `5-way 1-shot`; `5-shot regression`. */
export function settingName({ ways, shots }: Task): string {
  return ways ? `${ways}-way ${shots}-shot` : `${shots}-shot regression`
}

/** `5 queries a class`; `10 query points`. */
export function queriesName({ ways, queries }: Task & { readonly queries: number }): string {
  if (!ways) return `${queries} query points`
  return `${queries} ${queries === 1 ? 'query' : 'queries'} a class`
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
