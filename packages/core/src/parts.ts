import type { Meta, Weights } from './learner'
import type { Params } from './tree'

type Named<Name extends string> = { readonly [name in Name]: Params }

/**
 * The weights of one part of a learner whose parameters and state are records of parts.
 * @example const { y } = head.apply(partOf(meta, 'head'), features, { norm })
 */
export function partOf<Name extends string>({ params, state }: Meta, name: Name): Weights {
  return { params: (params as Named<Name>)[name], state: (state as Named<Name>)[name] }
}

/** Parts put together: the inverse of {@link partOf}. */
export function fromParts<Name extends string>(parts: { readonly [name in Name]: Weights }): Meta {
  const each = Object.entries<Weights>(parts)
  return {
    params: Object.fromEntries(each.map(([name, { params }]) => [name, params])),
    state: Object.fromEntries(each.map(([name, { state }]) => [name, state])),
  }
}
