export { type KochNetOptions, kochNet } from './koch-net'
export type { Shots } from './match'
export { type SiameseNormalisation, type SiameseOptions, siamese } from './siamese'
