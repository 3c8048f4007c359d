export type { Resolve } from './modules'
export { type WorkersExecutor, type WorkersOptions, workers } from './workers'
