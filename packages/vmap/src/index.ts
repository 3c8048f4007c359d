export { type VectorisedOptions, vectorised } from './vectorised'
export { vmap } from './vmap'
