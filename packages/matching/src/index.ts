export type { Distance } from './attention'
export { matching } from './matching'
export type { MatchingNormalisation, MatchingOptions } from './options'
