import type { Backend, Episode, Json, MetaLearner, Rng } from '../../index'

export function linear(options?: { readonly [key: string]: Json }): MetaLearner
export function points(rng: Rng, bell?: Int32Array): Episode
export function noBackend(): Backend
