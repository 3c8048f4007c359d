export { centroidHead } from './centroid-head'
export type { Check, CheckedExample } from './check'
export {
  type AddOptions,
  type Classifier,
  type ClassifierOptions,
  createClassifier,
  type ListedExample,
} from './classifier'
export type { ExampleId } from './examples'
export type { Head, HeldOut, Place, Support } from './head'
export type { Label } from './label'
export { type NeighboursHeadOptions, neighboursHead } from './neighbours-head'
export type { Prediction, Ranked } from './prediction'
export { type ByteStore, indexedDb } from './store'
