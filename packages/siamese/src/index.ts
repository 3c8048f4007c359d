export type { Shots } from './distances'
export { type KochNetOptions, kochNet } from './koch-net'
export { type SiameseOptions, siamese } from './siamese'
