import type { DataType, TensorInfo } from '@tensorflow/tfjs-core'
import type { Params } from '../tree'

/** The number of a value: an input, a constant, or what a kernel made. */
export type ValueId = number

/** A value as a kernel takes or makes it: the same numbers may have several shapes. */
export interface Use {
  readonly value: ValueId
  readonly shape: number[]
  readonly dtype: DataType
}

/** What a kernel is given: a list (concat, addN) or named tensors, some of them absent. */
export type Uses = readonly Use[] | { readonly [name: string]: Use | readonly Use[] | undefined }

/** One call of a kernel. */
export interface Step {
  readonly kernel: string
  readonly attrs: object
  readonly inputs: Uses
  readonly outputs: readonly Use[]
}

/** Numbers that every call makes anew: drawn ones, or those that depend on the meta-step. */
export interface Varying<Context> {
  readonly use: Use
  readonly values: (context: Context) => readonly number[]
}

/** A decision that was taken while recording; where it comes out differently, another recording is needed. */
export interface Decision<Context> {
  readonly decide: (context: Context) => string | number | boolean
  readonly was: string | number | boolean
}

/** A value that stays the same from call to call. It is held until the recording is released. */
export interface Constant {
  readonly info: TensorInfo
  /** What was written there, if JavaScript wrote it while recording. */
  readonly written?: ArrayLike<unknown>
  /** It was computed, of other constants alone. */
  readonly folded?: true
  /** A variable of TensorFlow.js: its data may be replaced between calls. */
  readonly variable?: TensorInfo
}

/** The kernels that a function called, in order. */
export interface Recording<Context = unknown> {
  readonly inputs: readonly Use[]
  readonly constants: ReadonlyMap<ValueId, Constant>
  readonly varying: readonly Varying<Context>[]
  readonly decisions: readonly Decision<Context>[]
  readonly steps: readonly Step[]
  readonly outputs: readonly Use[]
  /** A tree of as many tensors, in their order; the tensors themselves are gone. */
  readonly structure: Params
  /** Tells recordings of different calls apart, whatever was left out. */
  readonly signature: readonly string[]
}

/** All uses among what a kernel is given. */
export function listedUses(uses: Uses): Use[] {
  const given = Object.values(uses) as (Use | readonly Use[] | undefined)[]
  return given.flat().filter((use): use is Use => use !== undefined)
}

/** What a kernel is given, with `f` applied to each use. */
export function mapUses<T>(uses: Uses, f: (use: Use) => T): object {
  if (Array.isArray(uses)) return uses.map(f)
  const entries = Object.entries(uses) as [string, Use | readonly Use[] | undefined][]
  return Object.fromEntries(
    entries.map(([name, one]) => {
      if (one === undefined) return [name, undefined]
      return [name, isList(one) ? one.map(f) : f(one)]
    }),
  )
}

function isList(one: Use | readonly Use[]): one is readonly Use[] {
  return Array.isArray(one)
}
