export type { Distance } from './attention'
export { matching } from './matching'
export type { MatchingOptions } from './options'
