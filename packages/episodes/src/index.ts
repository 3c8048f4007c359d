export type { AugmentOptions } from './augment'
export { type BatchOptions, batches, batchSource } from './batches'
export {
  assertDisjoint,
  type ClassEntry,
  concatenate,
  concatenated,
  type Dataset,
  exampleSize,
  rotated,
  rotations,
  type Splits,
  subset,
} from './dataset'
export type { DistortOptions } from './distort'
export { type EncodedOptions, encodedDataset } from './encoded'
export { type EpisodeSource, episodeSource, episodes } from './episodes'
export { episodeSetHash, taskSetHash } from './hash'
export { type ArrayData, fromArrays } from './memory'
export { type Characters, type OmniglotOptions, splitCharacters } from './omniglot/characters'
export type { Character, OmniglotSplit, SplitName } from './omniglot/splits'
export { type PairOptions, pairSource, pairs } from './pairs'
export type { Count, EpisodeOptions, EpisodePlan, Slot } from './plan'
export {
  pointsOf,
  type RegressionData,
  type RegressionSplits,
  type RegressionTask,
  type Scale,
} from './regression/data'
export { inOwnUnits, standardisedRegression } from './regression/standardise'
export { type RegressionTasksOptions, regressionTasks } from './regression/tasks'
export { renderSlot } from './render'
export { type Resize, resize } from './resize'
export { type SinusoidOptions, sinusoids } from './sinusoids'
export { bagOfNgrams } from './tables/bag-of-ngrams'
export type { Understood } from './understood'
