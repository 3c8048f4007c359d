/**
 * For writing a backend, or a transformation of backends such as vmap: the kernels that
 * TensorFlow.js lacks, and how a backend is switched and its gradients are found. For encoders that compute on one:
 * weights that are loaded once.
 */
export { sumLeading } from './autodiff/broadcast'
export { recovering } from './autodiff/recover'
export { enableGradients } from './autodiff/scope'
export * from './kernels'
export { solveBoundedQuadratic } from './linalg/bounded-quadratic'
export { notPositive, solveByCholesky } from './linalg/cholesky'
export { type LoadedOnce, loadedOnce } from './loaded-once'
export { registerPlanner } from './program/planners'
export type { Constant, Recording, Step, Use, Uses, ValueId } from './program/recording'
export { listedUses, mapUses } from './program/recording'
export { lastUses, type Plan, type Planner, replayed, untracked } from './program/replay'
export {
  type Availability,
  type Backend,
  type DeviceInfo,
  importBackend,
  onBackend,
  prepareBackend,
} from './use-backend'
